import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { nameOfDay } from './session-days.ts';

export interface DateWords {
  /** @param day as `dayOf` gives it. */
  day(day: string): string;
  /** @param at ISO 8601. */
  time(at: string): string;
  dateAndTime(at: string): string;
}

/** Dates and times of day, in the language of the interface. */
export function useDateWords(): DateWords {
  const { t, i18n } = useTranslation();
  const { language } = i18n;
  return useMemo(() => {
    const date = new Intl.DateTimeFormat(language, { dateStyle: 'full' });
    const time = new Intl.DateTimeFormat(language, { timeStyle: 'short' });
    const both = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
    return {
      day(day) {
        const name = nameOfDay(day, new Date());
        return name === 'date' ? date.format(new Date(`${day}T12:00:00`)) : t(`history.${name}`);
      },
      time: (at) => time.format(new Date(at)),
      dateAndTime: (at) => both.format(new Date(at)),
    };
  }, [language, t]);
}
