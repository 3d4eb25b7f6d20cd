import type { CatalogueModel } from '../../core/models/catalogue.ts';
import {
  estimateMemory,
  estimateSpeed,
  type Machine,
  type Recommendation,
  recommendModels,
  type Suitability,
  suitabilityOf,
} from '../../core/models/recommendation.ts';
import type { StoredModel } from '../../core/models/store.ts';

/** A model of the catalogue, seen from this machine. */
export interface AvailableModel extends CatalogueModel {
  /** An estimate, in bytes. */
  readonly memoryBytes: number;
  /** An estimate; `null` where this machine was not measured. */
  readonly timesRealTime: number | null;
  readonly suitability: Suitability | null;
  readonly installed: boolean;
  readonly recommended: boolean;
}

/** Everything `surtitle models list` shows. */
export interface ModelOverview {
  readonly folder: string;
  readonly installed: readonly StoredModel[];
  readonly available: readonly AvailableModel[];
  /** `null` where this machine was not measured, or is too slow for any. */
  readonly recommendation: Recommendation | null;
  readonly machine: Machine;
}

export function modelOverview(
  folder: string,
  installed: readonly StoredModel[],
  catalogue: readonly CatalogueModel[],
  machine: Machine,
): ModelOverview {
  const recommendation = recommendModels(catalogue, machine);
  const recommended: readonly string[] = recommendation ? Object.values(recommendation) : [];
  const complete = installed.filter(({ state }) => state !== 'partial').map(({ name }) => name);
  const { starterTimesRealTime } = machine;
  const available = catalogue.map((model) => ({
    ...model,
    memoryBytes: estimateMemory(model),
    timesRealTime: starterTimesRealTime === null ? null : estimateSpeed(model, starterTimesRealTime),
    suitability: suitabilityOf(model, machine),
    installed: complete.includes(model.name),
    recommended: recommended.includes(model.name),
  }));
  return { folder, installed, available, recommendation, machine };
}
