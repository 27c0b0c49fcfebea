import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const ROOT = import.meta.dirname;
/** In the folder of the api, which serves the console and whose image contains it. */
const OUTPUT = join(ROOT, '..', '..', 'dist', 'apps', 'api', 'src', 'console', 'static');

/** Writes a compressed copy of each file, so that the api compresses nothing. */
function compressed(): Plugin {
  return {
    name: 'compressed-assets',
    async writeBundle() {
      const assets = join(OUTPUT, 'assets');
      const files = (await readdir(assets)).filter((file) => /\.(js|css|svg)$/.test(file));
      await Promise.all(
        files.map(async (file) => {
          const contents = await readFile(join(assets, file));
          await writeFile(join(assets, `${file}.br`), await promisify(brotliCompress)(contents));
        }),
      );
    },
  };
}

export default defineConfig({
  root: ROOT,
  plugins: [compressed()],
  resolve: { alias: { '@estoque/client': join(ROOT, '..', '..', 'libs', 'client', 'src', 'index.ts') } },
  build: {
    outDir: OUTPUT,
    emptyOutDir: true,
    target: 'es2022',
    // Inlined files would be `data:` URLs, which the policy of the page permits for images only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: {
      onLog(level, log, report) {
        // Mantine marks its files for React servers. There is none here.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
      },
    },
  },
  server: { proxy: { '^/(v1|docs|openapi|asyncapi|runbook|settings)': 'http://127.0.0.1:3000' } },
});
