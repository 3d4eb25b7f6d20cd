import type { TFunction } from 'i18next';
import type { CatalogueModel } from '../../../core/models/catalogue.ts';
import type { AvailableModel } from '../../../ipc/views.ts';

/** How well a model hears, in words. */
export function qualityWords({ family, quantization }: CatalogueModel, t: TFunction): string {
  const quality = t(`models.quality.${family}`);
  return quantization.startsWith('q5') ? t('models.rounded', { quality }) : quality;
}

export function languageWords({ languages }: Pick<CatalogueModel, 'languages'>, t: TFunction): string {
  return languages === 'en' ? t('models.englishOnly') : t('models.manyLanguages');
}

/** What a model is good for on this machine; empty where nobody knows. */
export function speedWords({ suitability, timesRealTime }: AvailableModel, t: TFunction): string {
  if (suitability === null) return '';
  const words = t(`models.suitability.${suitability}`);
  if (timesRealTime === null || suitability === 'too_large') return words;
  const times = timesRealTime.toFixed(timesRealTime < 9.95 ? 1 : 0);
  return t('models.withSpeed', { words, times });
}
