import {clip, fenced, figure, lineAt, video, type TemplateContext} from './convert-liquid.ts'
import {readArguments} from './read-arguments.ts'

const shortcodes = new RegExp(
  [
    String.raw`\{\{(?<escape>[<%])\/\*(?<escaped>[\s\S]*?)\*\/[%>]\}\}`,
    String.raw`\{\{[<%]\s*highlight\s+(?<language>[\w+#.-]+)[^%>]*[%>]\}\}\n?(?<code>[\s\S]*?)\s*\{\{[<%]\s*\/\s*highlight\s*[%>]\}\}`,
    String.raw`\{\{[<%]\s*(?<name>\/?\s*[\w][\w./-]*)\s*(?<given>[\s\S]*?)\s*\/?[%>]\}\}`,
  ].join('|'),
  'g',
)

/**
 * Says in Markdown what Hugo's own shortcodes stand for: `ref`, `figure`, `highlight`, videos, gists and posts elsewhere.
 * What is left stays visible, and is told.
 */
export function convertShortcodes(text: string, context: TemplateContext): string {
  return text.replaceAll(shortcodes, (whole: string, ...rest: unknown[]) => {
    const {escape, escaped, language, code, name = '', given = ''} = rest.at(-1) as Record<string, string | undefined>
    const line = lineAt(text, rest.at(-3) as number)
    if (escaped !== undefined) return `{{${escape}${escaped}${escape === '<' ? '>' : '%'}}}`
    if (code !== undefined) return fenced(language ?? '', code)
    const said = shortcode(name.toLowerCase(), given, context)
    if (said === undefined) context.tell('left', line, `${clip(whole)} stays in the text`)
    return said ?? whole
  })
}

function shortcode(name: string, given: string, {pageOf}: TemplateContext): string | undefined {
  const {named, listed} = readArguments(given)
  const [first] = listed
  switch (name) {
    case 'ref':
    case 'relref': {
      const [path = '', anchor] = (named.get('path') ?? first ?? '').split('#')
      const address = path === '' ? '' : pageOf(path.replace(/^\//, ''))
      return address === undefined ? undefined : `${address}${anchor === undefined ? '' : `#${anchor}`}`
    }
    case 'figure': {
      const source = named.get('src')
      const caption = named.get('caption') ?? named.get('title')
      return source === undefined ? undefined : figure(source, named.get('alt') ?? '', caption)
    }
    case 'youtube':
    case 'vimeo':
      return video(name, named.get('id') ?? first)
    case 'gist':
      return listed.length < 2 ? undefined : `<https://gist.github.com/${listed[0]}/${listed[1]}>`
    case 'tweet':
    case 'x': {
      const [user, id] = [named.get('user'), named.get('id') ?? first]
      return id === undefined ? undefined : `<https://twitter.com/${user ?? 'i'}/status/${id}>`
    }
    case 'instagram':
      return first === undefined ? undefined : `<https://www.instagram.com/p/${first}/>`
    default:
      return undefined
  }
}
