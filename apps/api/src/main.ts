import { startApi } from '@estoque/platform';
import { ApiModule } from './api.module.js';
import { configureApi } from './http/configure.js';

await startApi(ApiModule, { name: 'api', port: 3000, configure: configureApi });
