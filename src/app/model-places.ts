import path from 'node:path';
import { STARTER_MODEL } from '../core/models/catalogue.ts';
import { resourcesFolder } from './installation.ts';

/** The model file that ships with Surtitle. */
export const bundledModel = path.join(resourcesFolder, 'models', `ggml-${STARTER_MODEL}.bin`);

/** Where models lie in the data folder. */
export function modelsFolder(dataFolder: string): string {
  return path.join(dataFolder, 'models');
}
