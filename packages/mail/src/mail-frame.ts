import type {MailSite} from './edition-message.ts'
import {escapeHtml} from './escape-html.ts'
import {frameStyles as styles, headStyles} from './mail-styles.ts'
import {mailUrl} from './mail-url.ts'
import {oneLine} from './one-line.ts'
import {withoutMarks} from './personal-marks.ts'

export type FrameParts = {
  subject: string
  preheader: string
  /** A picture that is loaded when the mail is opened. */
  pixelUrl?: string | undefined
  /** HTML. */
  content: string
  /** HTML, one paragraph each. */
  footer: string[]
}

/** A whole HTML mail: one column, the site's title above, a footer below. */
export function mailFrame(site: MailSite, {subject, preheader, pixelUrl, content, footer}: FrameParts): string {
  const home = escapeHtml(mailUrl(site.homeUrl, 'address of the site'))
  const rightToLeft = /^(ar|dv|fa|he|ku|ps|sd|ug|ur|yi)\b/i.test(site.language)
  return `<!doctype html>
<html lang="${lineHtml(site.language)}"${rightToLeft ? ' dir="rtl"' : ''}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${lineHtml(subject)}</title>
<style>${headStyles}</style>
</head>
<body class="mail" style="${styles.body}">
<div style="${styles.hidden}">${lineHtml(preheader)}</div>
<table role="presentation" class="mail" width="100%" cellpadding="0" cellspacing="0" border="0" style="${styles.table}"><tr><td align="center" style="padding:28px 18px">
<div class="column" style="${styles.column}${rightToLeft ? ';text-align:right' : ''}">
<p class="quiet" style="${styles.masthead}"><a class="plain" href="${home}" style="${styles.mastheadLink}">${lineHtml(site.title)}</a></p>
${content}
<div class="quiet" style="${styles.footer}">
${[...footer, ...addressOf(site)].map((line) => `<p style="margin:0 0 6px">${line}</p>`).join('\n')}
</div>
</div>
${pixelUrl === undefined ? '' : `<img src="${escapeHtml(mailUrl(pixelUrl, 'address of a picture'))}" width="1" height="1" alt="" style="border:0">\n`}</td></tr></table>
</body>
</html>
`
}

/** A link in the frame. `href` is HTML already, so that it may hold a mark. */
export function frameLink(href: string, text: string): string {
  return `<a href="${href}" style="${styles.link}">${lineHtml(text)}</a>`
}

/** A line of free text as HTML. */
export function lineHtml(text: string): string {
  return escapeHtml(oneLine(text))
}

function addressOf({postalAddress}: MailSite): string[] {
  if (postalAddress === undefined) return []
  return [
    withoutMarks(postalAddress)
      .split(/\r\n?|\n/)
      .map(lineHtml)
      .join('<br>'),
  ]
}
