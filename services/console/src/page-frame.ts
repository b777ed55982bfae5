import {html} from 'hono/html'

/** HTML whose values are escaped; what `html` gives. */
export type Html = ReturnType<typeof html>

/** A whole page: `trail` leads from the front to where the reader is. */
export function pageFrame(about: {title: string; trail?: {label: string; href: string}[]; body: Html}): Html {
  const {title, trail = [], body} = about
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} – Broadside</title>
        <link rel="stylesheet" href="/console.css" />
      </head>
      <body>
        <header>
          <a href="/">Broadside</a>
          ${trail.map(({label, href}) => html`<a href="${href}">${label}</a>`)}
        </header>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`
}

/** `3 min ago`, with the exact instant beside it for machines and on hover. */
export function timeAgo(at: number, now: number): Html {
  const iso = new Date(at).toISOString()
  return html`<time datetime="${iso}" title="${iso}">${agoOf(now - at)}</time>`
}

function agoOf(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  if (seconds < 0) return `in ${spanOf(-seconds)}`
  return seconds < 5 ? 'just now' : `${spanOf(seconds)} ago`
}

function spanOf(seconds: number): string {
  if (seconds < 90) return `${seconds} s`
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`
  if (seconds < 129_600) return `${Math.round(seconds / 3_600)} h`
  return `${Math.round(seconds / 86_400)} days`
}

/** `1 post`, `2 posts`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}
