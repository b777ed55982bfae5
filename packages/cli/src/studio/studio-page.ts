import {html} from 'hono/html'
import {feedFormats} from './feed-preview.ts'
import type {Html} from './feed-preview.ts'

/** Frames run no script; being of one origin, the studio can keep the place that was scrolled to. */
const frame = (name: string, title: string) =>
  html`<iframe data-frame="${name}" title="${title}" sandbox="allow-same-origin"></iframe>`

/** The studio's own page: what is in it comes by its script, as text. */
export function studioPage(title: string): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} – studio</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="studio.css" />
        <script type="module" src="studio.js"></script>
      </head>
      <body>
        <nav aria-label="Files">
          <p class="brand">Broadside <span data-site>${title}</span></p>
          <input type="search" data-filter placeholder="Find a file" aria-label="Find a file" />
          <p class="soft">
            <a href="#/">Front page</a> · <a href="#/archive/">Archive</a> · <a href="/" target="_blank">Site</a>
          </p>
          <ul data-list></ul>
          <p class="soft" data-more></p>
          <label><input type="checkbox" data-coming /> drafts and what is to come on lists too</label>
        </nav>
        <main>
          <header>
            <h1 data-title></h1>
            <p><strong data-status></strong> <code data-file></code> <a data-address target="_blank"></a></p>
            <p class="soft" role="status" data-told>Reading…</p>
          </header>
          <div class="panes">
            <section class="page">
              <h2>Page</h2>
              ${frame('page', 'The page as readers get it')}
            </section>
            <section data-for="feed">
              <h2>Feed <span class="soft" data-feed></span></h2>
              ${frame('feed', 'The item as a feed reader shows it')}
              <label
                >Source
                <select data-format>
                  ${feedFormats.map((format) => html`<option>${format}</option>`)}
                </select>
              </label>
              <pre data-source tabindex="0" aria-label="The item as the feed has it"></pre>
            </section>
            <section data-for="mail">
              <h2>Mail, light <span class="soft" data-mail></span></h2>
              ${frame('light', 'The mail where it is light')}
            </section>
            <section data-for="mail">
              <h2>Mail, dark</h2>
              ${frame('dark', 'The mail where it is dark')}
            </section>
            <section data-for="mail" class="narrow">
              <h2>Mail, narrow</h2>
              ${frame('narrow', 'The mail on a telephone')}
            </section>
            <section data-for="mail">
              <h2>Mail, plain text</h2>
              <pre data-text tabindex="0" aria-label="The mail as plain text"></pre>
            </section>
          </div>
          <details class="problems" data-problems hidden>
            <summary data-summary></summary>
            <ol data-found></ol>
          </details>
        </main>
      </body>
    </html>`
}
