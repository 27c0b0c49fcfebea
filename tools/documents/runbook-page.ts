import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { htmlPage } from './html-page.js';
import { markdownToHtml } from './markdown-html.js';

/** Vite copies it into the files of the console, which the api serves. */
export const RUNBOOK_FILE = 'apps/console/public/runbook.html';

/** The runbook as HTML, so that the console can link its chapters, also without the Internet. */
export const runbookPage = (root: string) =>
  htmlPage('Runbook', markdownToHtml(readFileSync(join(root, 'docs', 'operations.md'), 'utf8').split('\n')));
