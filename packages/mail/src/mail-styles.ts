const sans = '-apple-system,BlinkMacSystemFont,Segoe UI,Roboto,Helvetica,Arial,sans-serif'
const mono = 'ui-monospace,SFMono-Regular,Menlo,Consolas,monospace'

/** Styles of the frame around a post, inline because several mail programs read no others. */
export const frameStyles = {
  body: 'margin:0;padding:0;background:#ffffff',
  // Fixed, since a table grows with its widest picture or word otherwise, beyond the edge of a telephone.
  table: 'width:100%;table-layout:fixed',
  column: `max-width:640px;margin:0 auto;text-align:left;font:17px/1.6 ${sans};color:#1f2328;overflow-wrap:break-word`,
  masthead: 'margin:0 0 28px;font-size:14px',
  mastheadLink: 'color:#57606a;text-decoration:none;font-weight:600',
  title: 'margin:0 0 8px;font-size:30px;line-height:1.2',
  titleLink: 'color:inherit;text-decoration:none',
  meta: 'margin:0 0 28px;font-size:14px;color:#57606a',
  footer: 'margin-top:40px;padding-top:16px;border-top:1px solid #d0d7de;font-size:14px;line-height:1.6;color:#57606a',
  link: 'color:#0b57d0',
  correction: 'margin:0 0 24px;padding:2px 0 2px 14px;border-left:3px solid #0b57d0;font-size:15px;color:#57606a',
  button: `display:inline-block;padding:12px 22px;border-radius:6px;background:#0b57d0;color:#ffffff;font-weight:600;text-decoration:none`,
  hidden: 'display:none;max-height:0;overflow:hidden;mso-hide:all',
}

const heading = (size: number) => `margin:1.6em 0 .5em;font-size:${size}px;line-height:1.3`
const cell = 'border:1px solid #d0d7de;padding:6px 10px;vertical-align:top'
const elements: Record<string, string> = {
  p: 'margin:0 0 1em',
  h1: heading(26),
  h2: heading(22),
  h3: heading(19),
  h4: heading(17),
  h5: heading(16),
  h6: heading(16),
  a: frameStyles.link,
  ul: 'margin:0 0 1em;padding-left:1.4em',
  ol: 'margin:0 0 1em;padding-left:1.6em',
  li: 'margin:0 0 .3em',
  blockquote: 'margin:0 0 1em;padding:0 0 0 14px;border-left:3px solid #d0d7de;color:#57606a',
  pre: `margin:0 0 1em;padding:12px 14px;border-radius:6px;background:#f3f4f6;font:14px/1.5 ${mono};white-space:pre-wrap;overflow-wrap:anywhere`,
  code: `padding:1px 4px;border-radius:4px;background:#f3f4f6;font-family:${mono};font-size:.88em`,
  kbd: `padding:1px 5px;border:1px solid #d0d7de;border-radius:4px;font-family:${mono};font-size:.85em`,
  table: 'margin:0 0 1em;border-collapse:collapse;font-size:15px;line-height:1.45',
  th: `${cell};text-align:left`,
  td: cell,
  img: 'max-width:100%;height:auto;border:0',
  figure: 'margin:0 0 1em',
  dt: 'font-weight:600',
  dd: 'margin:0 0 1em 1.4em',
  figcaption: 'margin:.4em 0;font-size:14px;color:#57606a',
  hr: 'margin:2em 0;border:0;border-top:1px solid #d0d7de',
  section: 'font-size:15px',
}

/** The inline style of an element of a post. */
export function elementStyle(tagName: string, inPre: boolean): string {
  if (inPre && tagName === 'code') return `font-family:${mono}`
  return Object.hasOwn(elements, tagName) ? (elements[tagName] ?? '') : ''
}

/** The part that cannot be inline: dark mode, for the programs that know it. */
export const headStyles = `:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
body,.mail{background:#16181c!important}
.column{color:#e3e6ea!important}
.column a{color:#8ab4f8!important}
.column a.plain{color:inherit!important}
.column a.button{color:#ffffff!important}
.quiet,.quiet a,blockquote,figcaption{color:#a0a7b0!important}
pre,code{background:#23262c!important}
th,td,hr,kbd,blockquote,.quiet{border-color:#3a3f47!important}
pre span{color:inherit!important}
}`
