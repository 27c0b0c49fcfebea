import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { htmlPage } from './html-page.js';
import { markdownToHtml } from './markdown-html.js';

/** Vite copies it into the files of the console, which the api serves. */
export const RUNBOOK_FILE = 'apps/console/public/runbook.html';

/** The frame of the page is in both languages of the console. The page has no script that could choose one. */
const FRAME = `<nav>
<p><a href="/">Back to the console</a></p>
<p lang="pt-BR"><a href="/">Voltar ao console</a>. Este manual de operação está em inglês: <a href="#by-symptom">por sintoma</a>,
<a href="#by-alert">por alerta</a>.</p>
</nav>`;

/** The runbook as HTML, so that the console can link its chapters, also without the Internet. */
export function runbookPage(root: string) {
  const text = readFileSync(join(root, 'docs', 'operations.md'), 'utf8');
  return htmlPage('Runbook · Manual de operação', `${FRAME}\n${markdownToHtml(text.split('\n'))}`);
}
