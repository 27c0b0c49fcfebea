import { startApi } from '@estoque/platform';
import { appManifest } from '../../manifest.js';
import { ApiModule } from './api.module.js';
import { ADMISSION_CLASSES } from './http/admission.js';
import { configureApi } from './http/configure.js';

await startApi(ApiModule, {
  ...appManifest('api'),
  admission: ADMISSION_CLASSES,
  configure: configureApi,
});
