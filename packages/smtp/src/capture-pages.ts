import {html, raw} from 'hono/html'
import type {CapturedMessage, CapturedSummary} from './captured-message.ts'

type Page = ReturnType<typeof html>

const styles = `
:root { color-scheme: light dark; --line: #8884; --quiet: #777; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 2rem 1rem; }
h1 { font-size: 1.4rem; margin: 0 0 1rem; overflow-wrap: anywhere; }
a { color: inherit; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-weight: 600; color: var(--quiet); white-space: nowrap; }
time { color: var(--quiet); font-variant-numeric: tabular-nums; white-space: nowrap; }
iframe { width: 100%; height: 75vh; border: 1px solid var(--line); border-radius: 6px; background: #fff; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid var(--line); border-radius: 6px; padding: 1rem; font-size: .85rem; }
summary { cursor: pointer; margin: 1.5rem 0 .5rem; font-weight: 600; }
.quiet { color: var(--quiet); }
`

/** All captured mail, newest first. */
export function inboxPage(messages: readonly CapturedSummary[]): Page {
  const rows = messages.toReversed().map(
    ({id, to, from, subject, receivedAt}) =>
      html`<tr>
        <td>
          <a href="/messages/${id}">${subject === '' ? '(no subject)' : subject}</a><br /><span class="quiet"
            >${from}</span
          >
        </td>
        <td>${to.join(', ')}</td>
        <td>${when(receivedAt)}</td>
      </tr>`,
  )
  const table = html`<table>
    <thead>
      <tr>
        <th>Subject, from</th>
        <th>To</th>
        <th>Received</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`
  const empty = html`<p class="quiet">
    No mail yet. Whatever is sent to this server is shown here and goes nowhere else.
  </p>`
  return page(`Captured mail (${messages.length})`, rows.length === 0 ? empty : table)
}

/** One mail: as HTML in a frame without scripts, as text, its headers, its source. */
export function messagePage(message: CapturedMessage): Page {
  const {subject, to, from, receivedAt, headers, text} = message
  // Links of the mail open beside it; the frame itself stays where it is.
  const source = `<base target="_blank">${message.html}`
  const frame = html`<iframe
    title="The mail as HTML"
    sandbox="allow-popups allow-popups-to-escape-sandbox"
    srcdoc="${source}"
  ></iframe>`
  return page(
    subject === '' ? '(no subject)' : subject,
    html`<table>
        <tr>
          <th>From</th>
          <td>${from}</td>
        </tr>
        <tr>
          <th>To</th>
          <td>${to.join(', ')}</td>
        </tr>
        <tr>
          <th>Received</th>
          <td>${when(receivedAt)}</td>
        </tr>
      </table>
      ${
        message.html === ''
          ? ''
          : html`<details open>
              <summary>HTML</summary>
              ${frame}
            </details>`
      }
      <details ${message.html === '' ? 'open' : ''}>
        <summary>Text</summary>
        <pre>${text}</pre>
      </details>
      <details>
        <summary>Headers</summary>
        <table>
          ${headers.map(
            ({key, value}) =>
              html`<tr>
                <th>${key}</th>
                <td>${value}</td>
              </tr>`,
          )}
        </table>
      </details>
      <details>
        <summary>Source</summary>
        <pre>${message.raw}</pre>
      </details>
      <p><a href="/">All mail</a></p>`,
  )
}

export function missingPage(): Page {
  return page('No such message', html`<p><a href="/">All mail</a></p>`)
}

function when(instant: string): Page {
  return html`<time datetime="${instant}">${instant.slice(0, 19).replace('T', ' ')} UTC</time>`
}

function page(title: string, body: Page): Page {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${raw(styles)}
        </style>
      </head>
      <body>
        <h1>${title}</h1>
        ${body}
      </body>
    </html>`
}
