import type {Instant, PostMeta, SiteSettings} from '@broadside/content'
import type {Fragment} from '@broadside/markdown'
import {normaliseAddress, pageAddress, postAddress} from './addresses.ts'
import {localDay} from './local-day.ts'
import type {LivePage, LivePost} from './site-view.ts'

type Rendered = Pick<Fragment, 'excerpt' | 'words'>

/**
 * A live post from its parts. `date` is the effective one: the author's, else when the post was first seen.
 * `formerAddresses` is what memory has; the author's aliases join them, and its own address is none.
 */
export function livePost(about: {
  id: string
  path: string
  meta: PostMeta
  date: Instant
  settings: SiteSettings
  fragmentKey: string
  fragment: Rendered
  formerAddresses: string[]
}): LivePost {
  const {id, path, meta, date, settings, fragmentKey, fragment} = about
  const day = localDay(date, settings.timezone)
  const address = postAddress(settings.permalink, meta, day)
  return {
    id,
    path,
    address,
    aliases: aliasesOf(address, [...about.formerAddresses, ...meta.aliases]),
    meta: liveMeta(meta),
    date,
    updated: meta.updated,
    day,
    fragmentKey,
    excerpt: fragment.excerpt,
    words: fragment.words,
  }
}

/** A live page from its parts; see `livePost`. */
export function livePage(about: {
  path: string
  meta: PostMeta
  fragmentKey: string
  formerAddresses: string[]
}): LivePage {
  const {path, meta, fragmentKey} = about
  const address = pageAddress(meta)
  return {
    path,
    address,
    aliases: aliasesOf(address, [...about.formerAddresses, ...meta.aliases]),
    meta: liveMeta(meta),
    updated: meta.updated,
    fragmentKey,
  }
}

function liveMeta(meta: PostMeta): LivePost['meta'] {
  const {title, description, tags, authors, canonical, language, series, image, imageAlt, audio, feedId, contents} =
    meta
  return {
    title,
    tags,
    authors,
    ...(description === undefined ? {} : {description}),
    ...(canonical === undefined ? {} : {canonical}),
    ...(language === undefined ? {} : {language}),
    ...(series === undefined ? {} : {series}),
    ...(image === undefined ? {} : {image}),
    ...(imageAlt === undefined ? {} : {imageAlt}),
    ...(audio === undefined ? {} : {audio}),
    ...(feedId === undefined ? {} : {feedId}),
    ...(contents === undefined ? {} : {contents}),
  }
}

function aliasesOf(address: string, former: string[]): string[] {
  const aliases = new Set(former.map(normaliseAddress))
  aliases.delete(address)
  return [...aliases].toSorted()
}
