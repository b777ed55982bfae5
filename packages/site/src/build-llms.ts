import {addressOf, twinOf} from './place.ts'
import type {SiteContext} from './site-context.ts'

const shownPosts = 50

/** `llms.txt` (llmstxt.org): what the site is, and the Markdown of its newest posts, for programs that read. */
export async function buildLlms({view, urls, words, site}: SiteContext): Promise<string> {
  const {title, tagline, description} = view.settings
  const posts = (await view.newest({kind: 'all'}, shownPosts)).map((post) =>
    entry(post.meta.title, urls.absolute(twinOf(post.address)), post.meta.description ?? post.excerpt),
  )
  const about = [...new Set([tagline, description])].filter((text) => text !== '').map((text) => `> ${oneLine(text)}`)
  const origin = urls.absolute('/')
  const more = [
    ...site.navigation.map(({label, url}) => entry(label, new URL(url, origin).href)),
    entry(words('archive'), urls.absolute(addressOf({kind: 'list', shelf: {kind: 'all'}, period: ''}))),
    entry('RSS', urls.absolute(addressOf({kind: 'feed', shelf: {kind: 'all'}, format: 'rss'}))),
  ]
  const parts = [
    `# ${escapeText(title)}`,
    about.join('\n>\n'),
    posts.length === 0 ? '' : `## ${words('latest')}\n\n${posts.join('\n')}`,
    `## ${words('navigation')}\n\n${[...new Set(more)].join('\n')}`,
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function entry(label: string, url: string, about = ''): string {
  return `- [${escapeText(label)}](${url.replaceAll(/[()]/g, encodeURIComponent)})${about === '' ? '' : `: ${oneLine(about)}`}`
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

/** A text that is to be read as such: brackets and backslashes would end the link. */
export function escapeText(text: string): string {
  return oneLine(text).replaceAll(/[\\[\]<>*_`]/g, String.raw`\$&`)
}
