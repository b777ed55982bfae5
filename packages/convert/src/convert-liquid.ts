import {readArguments} from './read-arguments.ts'

/** What a template in a text may ask for, and where to say what became of it; lines count from 1 in the text. */
export type TemplateContext = {
  /** The address of a post or page by its name or path in the old site. */
  pageOf: (name: string) => string | undefined
  tell: (kind: 'guessed' | 'left', line: number, what: string) => void
}

const tags = new RegExp(
  [
    String.raw`\{%-?\s*raw\s*-?%\}(?<raw>[\s\S]*?)\{%-?\s*endraw\s*-?%\}`,
    String.raw`\{%-?\s*comment\s*-?%\}[\s\S]*?\{%-?\s*endcomment\s*-?%\}`,
    String.raw`\{%-?\s*highlight\s+(?<language>[\w+#.-]+)[^%]*%\}\n?(?<code>[\s\S]*?)\s*\{%-?\s*endhighlight\s*-?%\}`,
    String.raw`\{%-?\s*(?<tag>\w+)\s*(?<given>[^%]*?)\s*-?%\}`,
    String.raw`\{\{-?\s*(?<output>[^}]*?)\s*-?\}\}`,
  ].join('|'),
  'g',
)
const fenceLength = 3

/**
 * Says in Markdown what Liquid tags of Jekyll and Eleventy stand for: code, links to posts, the site's own address,
 * figures and videos. What is left stays visible, and is told.
 */
export function convertLiquid(text: string, context: TemplateContext): string {
  return text.replaceAll(tags, (whole: string, ...rest: unknown[]) => {
    const groups = rest.at(-1) as Record<string, string | undefined>
    const line = lineAt(text, rest.at(-3) as number)
    const {raw, language, code, tag, given = '', output} = groups
    if (raw !== undefined) return raw
    if (code !== undefined) return fenced(language ?? '', code)
    const said = tag === undefined ? (output === undefined ? '' : valueOf(output)) : tagOf(tag, given, line, context)
    if (said === undefined) context.tell('left', line, `${clip(whole)} stays in the text`)
    return said ?? whole
  })
}

function tagOf(tag: string, given: string, line: number, {pageOf, tell}: TemplateContext): string | undefined {
  if (tag === 'post_url' || tag === 'link') return pageOf(given.replaceAll(/["']/g, '').replace(/^\//, ''))
  const {named, listed} = readArguments(given)
  if (tag === 'youtube' || tag === 'vimeo') return video(tag, listed[0])
  if (tag === 'gist' && listed[0] !== undefined) return `<https://gist.github.com/${listed[0]}>`
  if (tag !== 'include') return undefined
  const file = (listed[0] ?? '').replace(/\.\w+$/, '')
  if (/youtube|vimeo|video/.test(file))
    return video(/vimeo/.test(file) ? 'vimeo' : 'youtube', named.get('id') ?? named.get('video_id'))
  const source = ['src', 'url', 'image_path', 'path', 'file', 'image', 'img']
    .map((name) => named.get(name))
    .find(Boolean)
  if (!/^(?:figure|image|img|picture|responsive-image|photo)$/.test(file) || source === undefined) return undefined
  tell('guessed', line, `include ${file} became an image`)
  return figure(source, named.get('alt') ?? '', named.get('caption') ?? named.get('title'))
}

/** The value of `{{ … }}` where it is an address: the site's own is left out, so that a link stays within the site. */
function valueOf(output: string): string | undefined {
  if (/^site\.(?:base_?url|url|github\.url)$/.test(output)) return ''
  const quoted =
    /^(["'])(.*?)\1\s*(?:\|\s*(?:relative_url|absolute_url|url|prepend:\s*site\.(?:baseurl|url))\s*)+$/.exec(output)
  return quoted === null ? undefined : quoted[2]!.startsWith('/') ? quoted[2] : `/${quoted[2]}`
}

export function video(host: 'youtube' | 'vimeo', id: string | undefined): string | undefined {
  if (id === undefined || !/^[\w-]+$/.test(id)) return undefined
  return host === 'youtube' ? `<https://www.youtube.com/watch?v=${id}>` : `<https://vimeo.com/${id}>`
}

/** An image alone in its paragraph with a title has it as caption. */
export function figure(source: string, alt: string, caption: string | undefined): string {
  const title = caption === undefined || caption === '' ? '' : ` ${JSON.stringify(caption.replaceAll(/\s+/g, ' '))}`
  return `![${alt.replaceAll(/[[\]]/g, String.raw`\$&`)}](${source.replaceAll(' ', '%20')}${title})`
}

/** A fence longer than any in the code. */
export function fenced(language: string, code: string): string {
  const longest = Math.max(0, ...[...code.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length + 1))
  const fence = '`'.repeat(Math.max(fenceLength, longest))
  return `${fence}${language}\n${code.replace(/\n+$/, '')}\n${fence}`
}

export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1
  return line
}

export function clip(text: string): string {
  const flat = text.replaceAll(/\s+/g, ' ')
  return flat.length > 80 ? `${flat.slice(0, 79)}…` : flat
}
