/** `reload`: the browser asks again after three seconds. */
export type PageWords = {
  state: string
  shape: 'ring' | 'triangle' | 'square' | 'half'
  title: string
  text: string
  reload?: true
}

const shapes: Readonly<Record<PageWords['shape'], string>> = {
  ring: '<circle cx="8" cy="8" r="6" stroke-dasharray="28 10"/>',
  triangle: '<path d="M8 2 15 14H1Z"/>',
  square: '<rect x="2" y="2" width="12" height="12"/>',
  half: '<circle cx="8" cy="8" r="6"/><path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor"/>',
}

/** A page that is complete in itself, light or dark as the reader likes. The words are ours: nothing is escaped. */
export function pageHtml({ state, shape, title, text, reload }: PageWords): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">${reload ? '\n<meta http-equiv="refresh" content="3">' : ''}
<title>${title}</title>
<style>
:root{--page:#fbfcfc;--line:#dfe5e6;--text:#16211f;--soft:#52605e;--accent:#0b6e75}
@media (prefers-color-scheme:dark){:root{--page:#0f1415;--line:#273032;--text:#e8eeee;--soft:#9aa8a8;--accent:#5cc4c4}}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--page);color:var(--text);font:16px/1.6 Inter,system-ui,sans-serif}
main{box-sizing:border-box;width:min(32rem,calc(100vw - 32px));padding:32px;border:1px solid var(--line);border-radius:8px}
h1{margin:12px 0 8px;font-size:22px;line-height:1.3;font-weight:600}
p{margin:0;color:var(--soft)}
.state{display:flex;gap:8px;align-items:center;color:var(--accent);font-size:14px}
svg{width:16px;height:16px;fill:none;stroke:currentColor;stroke-width:2}
</style>
</head>
<body>
<main>
<p class="state"><svg viewBox="0 0 16 16" aria-hidden="true">${shapes[shape]}</svg>${state}</p>
<h1>${title}</h1>
<p>${text}</p>
</main>
</body>
</html>
`
}
