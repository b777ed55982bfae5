import {frameLink, lineHtml} from './mail-frame.ts'
import type {MailWords} from './mail-words.ts'
import {oneLine} from './one-line.ts'
import {mark} from './personal-marks.ts'
import {wrapLines} from './wrap-lines.ts'

/** Why somebody gets this mail, how they choose what they get, and how they leave; HTML of one paragraph. */
export function whyHtml(title: string, words: MailWords): string {
  const links = [
    frameLink(mark('preferences-url'), words.preferences),
    frameLink(mark('unsubscribe-url'), words.unsubscribe),
  ]
  return `${lineHtml(words.why(title))} ${links.join(' · ')}`
}

/** The same as plain text, each link on a line of its own, since they are long. */
export function whyText(title: string, words: MailWords): string {
  return [
    wrapLines(oneLine(words.why(title))),
    `${words.preferences}:\n${mark('preferences-url')}`,
    `${words.unsubscribe}:\n${mark('unsubscribe-url')}`,
  ].join('\n\n')
}
