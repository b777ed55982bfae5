import {frameLink, lineHtml} from './mail-frame.ts'
import type {MailWords} from './mail-words.ts'
import {oneLine} from './one-line.ts'
import {mark} from './personal-marks.ts'

/** Why somebody gets this mail, how they choose what they get, and how they leave; HTML of one paragraph. */
export function whyHtml(title: string, words: MailWords): string {
  const links = [
    frameLink(mark('preferences-url'), words.preferences),
    frameLink(mark('unsubscribe-url'), words.unsubscribe),
  ]
  return `${lineHtml(words.why(title))} ${links.join(' · ')}`
}

/** The same as plain text. */
export function whyText(title: string, words: MailWords): string {
  return [
    oneLine(words.why(title)),
    `${words.preferences}: ${mark('preferences-url')}`,
    `${words.unsubscribe}: ${mark('unsubscribe-url')}`,
  ].join('\n')
}
