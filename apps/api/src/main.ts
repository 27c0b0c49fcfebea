import { startApi } from '@estoque/platform';
import { appManifest } from '../../manifest.js';
import { ApiModule } from './api.module.js';
import { configureApi } from './http/configure.js';

await startApi(ApiModule, { ...appManifest('api'), configure: configureApi });
