import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { WireError } from '../../ipc/envelope.ts';
import { en } from '../i18n/en.ts';

type KnownCode = keyof typeof en.errors;

/** Words for an error where its own speak of commands, which a window does not have; else its own. */
export function useErrorWords(): (error: WireError) => string {
  const { t } = useTranslation();
  return useCallback(({ code, message }) => (isKnown(code) ? t(`errors.${code}`) : message), [t]);
}

function isKnown(code: string): code is KnownCode {
  return Object.hasOwn(en.errors, code);
}
