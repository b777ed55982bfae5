import {parsePage, parsePost} from '@broadside/content'
import type {Fragment} from '@broadside/markdown'
import type {RenderPool} from '@broadside/markdown/pool'
import {markdownOptions} from '@broadside/revision'
import type {GoodVersion} from './studio-document.ts'

/** More than a feed holds and a front page shows. */
const maxBodies = 300

export type BodyShelf = {
  keep: (key: string, fragment: Fragment) => void
  /** The rendered body of a version; undefined when it cannot be rendered after all. */
  bodyOf: (version: GoodVersion) => Promise<Fragment | undefined>
}

/** Rendered bodies by version, the last few hundred that were asked for; others are rendered anew when they are. */
export function createBodyShelf(pool: RenderPool): BodyShelf {
  const bodies = new Map<string, Promise<Fragment | undefined>>()

  function put(key: string, body: Promise<Fragment | undefined>): Promise<Fragment | undefined> {
    bodies.delete(key)
    bodies.set(key, body)
    const [oldest] = bodies.keys()
    if (bodies.size > maxBodies && oldest !== undefined) bodies.delete(oldest)
    return body
  }

  async function render({kind, path, text, settings}: GoodVersion): Promise<Fragment | undefined> {
    const parse = kind === 'post' ? parsePost : parsePage
    const {post} = parse({file: path, bytes: Buffer.from(text), settings})
    if (post === undefined) return undefined
    const markdown = markdownOptions(settings, post.meta.language)
    const rendered = await pool.render({source: post.body, file: path, bodyLine: post.bodyLine, markdown})
    return rendered.ok ? rendered.fragment : undefined
  }

  return {
    keep: (key, fragment) => void put(key, Promise.resolve(fragment)),
    async bodyOf(version) {
      const body = put(version.key, bodies.get(version.key) ?? render(version))
      body.catch(() => bodies.delete(version.key))
      return body
    },
  }
}
