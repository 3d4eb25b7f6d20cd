import { describe, expect, it } from 'vitest';
import {
  formatSettingValue,
  parseSettingKey,
  parseSettingValue,
} from '../../../src/core/settings/setting-text.ts';
import { definitionOf, SETTING_KEYS } from '../../../src/core/settings/settings-schema.ts';

describe('the value of a setting, as people type it', () => {
  it.each([
    ['history.enabled', 'off', false],
    ['history.enabled', 'True', true],
    ['history.retentionDays', '30', 30],
    ['history.retentionDays', 'none', null],
    ['models.mirror', ' https://models.example/ ', 'https://models.example/'],
    ['models.mirror', 'none', null],
  ] as const)('of %s can be %s', (key, text, value) => {
    expect(parseSettingValue(key, text)).toBe(value);
  });

  it.each([
    ['history.enabled', 'maybe', 'true or false'],
    ['history.enabled', '1', 'true or false'],
    ['history.retentionDays', '0', 'a whole number of days'],
    ['history.retentionDays', '1.5', 'a whole number of days'],
    ['models.mirror', 'ftp://models.example', 'an address such as'],
  ] as const)('of %s cannot be %s, and the refusal says what can', (key, text, expected) => {
    expect(() => parseSettingValue(key, text)).toThrow(expected);
  });

  it.each(SETTING_KEYS)('of %s is printed so that it can be typed again', (key) => {
    const value = definitionOf(key).default;
    expect(parseSettingValue(key, formatSettingValue(value))).toEqual(value);
  });
});

describe('the key of a setting', () => {
  it('that is wrong is answered with those there are, or the one meant', () => {
    expect(() => parseSettingKey('history')).toThrow('history.retentionDays');
    expect(() => parseSettingKey('history.retentiondays')).toThrow('but there is history.retentionDays.');
  });
});
