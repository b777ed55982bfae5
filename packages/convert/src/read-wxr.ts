import {Parser} from 'htmlparser2'

/** An item, an author, or what the channel says of itself, of a WordPress export. */
export type WxrItem = {
  name: 'item' | 'wp:author' | 'channel'
  values: ReadonlyMap<string, string>
  /** The value of an element; undefined where it is empty or missing. */
  get: (name: string) => string | undefined
  categories: {domain: string; nicename: string; label: string}[]
  /** `wp:postmeta`, by its key. */
  metas: ReadonlyMap<string, string>
}

type Open = {
  name: WxrItem['name']
  values: Map<string, string>
  categories: WxrItem['categories']
  metas: Map<string, string>
}

/**
 * Reads WXR piece by piece, however large: its items in their order, what the channel says before the first of them.
 * The parser forgives what is not quite XML, as exports often are.
 */
export async function* readWxr(chunks: AsyncIterable<Buffer>): AsyncGenerator<WxrItem> {
  const ready: WxrItem[] = []
  const path: string[] = []
  let text = ''
  let category: {domain: string; nicename: string} | undefined
  let open: Open | undefined
  let meta = ''
  let channel: Open | undefined = fresh('channel')
  const finish = (done: Open): void => {
    ready.push({...done, get: (name) => done.values.get(name)})
  }
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        path.push(name)
        text = ''
        if (name === 'item' || name === 'wp:author') {
          if (channel !== undefined && name === 'item') {
            finish(channel)
            channel = undefined
          }
          open = fresh(name)
        } else if (name === 'category')
          category = {domain: attributes['domain'] ?? 'category', nicename: attributes['nicename'] ?? ''}
      },
      ontext(data) {
        text += data
      },
      onclosetag(name) {
        path.pop()
        const value = text.trim()
        text = ''
        if (name === open?.name) {
          finish(open)
          open = undefined
        } else if (name === 'category' && open !== undefined && category !== undefined) {
          if (value !== '') open.categories.push({...category, label: value})
        } else if (name === 'wp:meta_key') meta = value
        else if (name === 'wp:meta_value') open?.metas.set(meta, value)
        else if (value !== '') {
          const parent = path.at(-1)
          if (open !== undefined && parent === open.name) open.values.set(name, value)
          else if (open === undefined && parent === 'channel') channel?.values.set(name, value)
        }
      },
    },
    {xmlMode: true},
  )
  const decoder = new TextDecoder()
  for await (const chunk of chunks) {
    parser.write(decoder.decode(chunk, {stream: true}))
    yield* ready.splice(0)
  }
  parser.end(decoder.decode())
  if (channel !== undefined) finish(channel)
  yield* ready
}

function fresh(name: Open['name']): Open {
  return {name, values: new Map(), categories: [], metas: new Map()}
}
