import type {PostMeta, SiteSettings} from '@broadside/content'
import {draftMail} from './draft-mail.ts'

/** A body of fewer characters cannot come near what a mail holds, whatever styles each element is given. */
const worthMeasuring = 20_000

/** Bytes of HTML that a post's mail would have if it were not cut to what mail programs show; undefined where it is not. */
export function cutMailBytes(html: string, meta: PostMeta, settings: SiteSettings): number | undefined {
  if (html.length < worthMeasuring) return undefined
  const bytesOf = (maxBodyBytes?: number) => Buffer.byteLength(draftMail(html, meta, settings, maxBodyBytes).html)
  const whole = bytesOf(Infinity)
  return whole > bytesOf() ? whole : undefined
}
