const STYLE = `
:root { color-scheme: light dark; }
body { max-width: 60em; margin: 2em auto; padding: 0 1em; font: 16px/1.5 system-ui, sans-serif; }
table { border-collapse: collapse; width: 100%; display: block; overflow-x: auto; }
th, td { padding: 0.3em 0.6em; border-bottom: 1px solid #8888; text-align: left; vertical-align: top; }
pre { padding: 1em; overflow-x: auto; border: 1px solid #8888; }
code { overflow-wrap: anywhere; }
section { margin-top: 3em; }
:target { background: #fd06; }
`;

/** A page of HTML without a script, which the api serves beside the console. @param body HTML */
export const htmlPage = (title: string, body: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} · estoque-system</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;

/** @param head and rows cells as HTML */
export const htmlTable = (head: string[], rows: string[][]) =>
  `<table><thead><tr>${head.map((cell) => `<th scope="col">${cell}</th>`).join('')}</tr></thead><tbody>
${rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('\n')}
</tbody></table>`;
