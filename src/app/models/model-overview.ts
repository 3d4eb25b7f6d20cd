import type { CatalogueModel } from '../../core/models/catalogue.ts';
import {
  estimateMemory,
  estimateSpeed,
  type Machine,
  type Recommendation,
  recommendModels,
  suitabilityOf,
} from '../../core/models/recommendation.ts';
import type { StoredModel } from '../../core/models/store.ts';
import type { AvailableModel } from '../../ipc/views.ts';

/** What is installed and what there is to download, seen from this machine. */
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
