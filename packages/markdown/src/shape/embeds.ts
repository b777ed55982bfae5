import type {Element, Parents} from 'hast'
import type {MarkdownWords} from '../markdown-words.ts'
import {textOf} from '../text-of.ts'
import {onlyElement} from './build-figure.ts'

type Embed = {kind: string; host: string; url: string}

type EmbedHost = {kind: string; name: string; hosts: string[]; pageOf: (url: URL) => string | undefined}

const videoId = /^[\w-]{6,20}$/

/** Who may be embedded, and the page a reader is led to: never a player, which would call home before any click. */
const embedHosts: EmbedHost[] = [
  {
    kind: 'youtube',
    name: 'YouTube',
    hosts: ['youtube.com', 'm.youtube.com', 'music.youtube.com', 'youtube-nocookie.com', 'youtu.be'],
    pageOf(url) {
      const [first = '', second = ''] = url.pathname.split('/').filter(Boolean)
      const id = url.hostname.endsWith('youtu.be')
        ? first
        : /^(embed|shorts|live|v)$/.test(first)
          ? second
          : first === 'watch'
            ? (url.searchParams.get('v') ?? '')
            : ''
      const start = /^\d+/.exec(url.searchParams.get('t') ?? url.searchParams.get('start') ?? '')?.[0]
      return videoId.test(id) ? `https://www.youtube.com/watch?v=${id}${start ? `&t=${start}s` : ''}` : undefined
    },
  },
  {
    kind: 'vimeo',
    name: 'Vimeo',
    hosts: ['vimeo.com', 'player.vimeo.com'],
    pageOf: ({pathname}) => /^\/(?:video\/)?(\d+)\/?$/.exec(pathname)?.[1]?.replace(/^/, 'https://vimeo.com/'),
  },
  {
    kind: 'spotify',
    name: 'Spotify',
    hosts: ['open.spotify.com'],
    pageOf: ({pathname}) =>
      /^(?:\/embed)?(\/(?:track|album|episode|show|playlist)\/[a-zA-Z0-9]+)$/
        .exec(pathname)?.[1]
        ?.replace(/^/, 'https://open.spotify.com'),
  },
  {
    kind: 'soundcloud',
    name: 'SoundCloud',
    hosts: ['soundcloud.com'],
    pageOf: ({pathname}) => (/^\/[\w-]+\/[\w-]+$/.test(pathname) ? `https://soundcloud.com${pathname}` : undefined),
  },
  {
    kind: 'codepen',
    name: 'CodePen',
    hosts: ['codepen.io'],
    pageOf: ({pathname}) =>
      /^\/[\w-]+\/(?:pen|embed)\/\w+$/.test(pathname)
        ? `https://codepen.io${pathname.replace('/embed/', '/pen/')}`
        : undefined,
  },
]

/** Turns a link to a video or recording that stands alone in its paragraph into a figure that leads there. */
export function embedLink(node: Element, index: number, parent: Parents, words: MarkdownWords): void {
  const link = onlyElement(node)
  if (link?.tagName !== 'a' || typeof link.properties.href !== 'string') return
  const embed = findEmbed(link.properties.href)
  if (embed === undefined) return
  const title = typeof link.properties.title === 'string' ? link.properties.title : undefined
  const text = textOf(link).trim()
  const isBare = /^(?:https?:\/\/|www\.)\S+$/.test(text)
  if (title === undefined && !isBare) return
  parent.children[index] = figureOf(embed, isBare ? title : text, words)
}

/**
 * Turns an iframe of such a host into the same figure, or within a text into a link; others are left to the sanitiser.
 */
export function embedFrame(node: Element, index: number, parent: Parents, words: MarkdownWords): void {
  const {src} = node.properties
  const title = typeof node.properties.title === 'string' ? node.properties.title : undefined
  const embed = typeof src === 'string' ? findEmbed(src) : undefined
  if (embed === undefined) return
  const isWithinText = parent.type === 'element' && parent.tagName === 'p'
  const link = element('a', {href: embed.url, ...(title === undefined ? {} : {title})}, embed.url)
  parent.children[index] = isWithinText ? link : figureOf(embed, title, words)
}

function findEmbed(address: string): Embed | undefined {
  const url = URL.parse(address.startsWith('//') ? `https:${address}` : address)
  if (url === null || !/^https?:$/.test(url.protocol) || url.port !== '' || url.username !== '') return undefined
  const name = url.hostname.replace(/^www\./, '')
  const found = embedHosts.find(({hosts}) => hosts.includes(name))
  const page = found?.pageOf(url)
  return found === undefined || page === undefined ? undefined : {kind: found.kind, host: found.name, url: page}
}

function figureOf({kind, host, url}: Embed, title: string | undefined, words: MarkdownWords): Element {
  const named = title?.trim() || url.replace(/^https:\/\/(?:www\.)?/, '')
  const link = element('a', {className: ['embed-link'], href: url, rel: ['noopener', 'external']}, named)
  const where = element(
    'figcaption',
    {className: ['embed-host']},
    words.embedOn.replace('{host}', () => host),
  )
  return {...element('figure', {className: ['embed', `embed-${kind}`]}), children: [link, where]}
}

function element(tagName: string, properties: Element['properties'], text?: string): Element {
  return {type: 'element', tagName, properties, children: text === undefined ? [] : [{type: 'text', value: text}]}
}
