import type {NewsletterSettings} from '@broadside/content'
import type {SitesTable} from '@broadside/ledger'
import type {ReaderCounting} from '@broadside/mail'
import type {Tokens} from '@broadside/subscribers'
import {linkTo} from './site-voice.ts'

/** A longer address stays as it is: some mail programs break such lines, and a click is better uncounted than lost. */
const maxUrlLength = 1_500

/**
 * How it is counted what readers of an edition do, where its site asks for that; undefined where it does not. Every mail
 * of an edition holds the same addresses, so that nobody can tell by one whose mail it was in. An address holds where it
 * leads and is signed together with that, so it works without the ledger and leads nowhere else.
 */
export function readerCounting(
  {name: site, audience_url: base}: Pick<SitesTable, 'name' | 'audience_url'>,
  {countOpens, countClicks}: NewsletterSettings,
  {edition, tokens}: {edition: string; tokens: Tokens},
): ReaderCounting | undefined {
  if (countOpens !== true && countClicks !== true) return undefined
  const about = {site, subscriber: edition}
  const linkFor = (url: string) => {
    if (url.length > maxUrlLength) return url
    const token = tokens.sign({purpose: 'click', ...about, url})
    return `${linkTo(base, 'c', token)}/${Buffer.from(url).toString('base64url')}`
  }
  return {
    ...(countClicks === true ? {linkFor} : {}),
    ...(countOpens === true ? {pixelUrl: `${linkTo(base, 'o', tokens.sign({purpose: 'open', ...about}))}.gif`} : {}),
  }
}
