import fc from 'fast-check'
import {post} from './open-world.ts'
import {photo} from './photo.ts'
import type {World} from './start-world.ts'

/** One thing that authors do, told by small numbers, so that what it means depends on what is there. */
export type Act = {what: (typeof acts)[number]; which: number; other: number}

const acts = [
  'write',
  'write',
  'edit',
  'edit',
  'rename',
  'rename and rewrite',
  'remove',
  'return',
  'break',
  'draft',
  'new slug',
  'picture',
  'settings',
  'page',
  'redirect',
  'rewind',
] as const

const act = fc.record({what: fc.constantFrom(...acts), which: fc.nat(99), other: fc.nat(99)})

/** The commits of one push, each one act. */
export const randomPush = fc.array(act, {minLength: 1, maxLength: 3})

/** A repository that a random history grows in. */
export type Author = {perform: (act: Act) => Promise<void>; story: string[]}

const tags = ['ink', 'lead', 'paper', 'press']
const pixel = Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAA=', 'base64')

const photos = [photo(300, 450), photo(300, 500)] as const

export function createAuthor(world: World): Author {
  const {repo} = world
  const story: string[] = []
  const heads: string[] = []
  let written = 0

  async function present(): Promise<string[]> {
    const listed = await repo.git('ls-files', 'posts')
    return listed.split('\n').filter((path) => path.endsWith('.md'))
  }

  /** Other posts are linked to by path, pictures too; some links lead nowhere, as they do. */
  function words(paths: string[], {which, other}: Act): string {
    const target = paths[other % Math.max(1, paths.length)]?.replace('posts/', '') ?? 'nowhere.md'
    return `Words ${written} with a [link](${target}), [another](gone-${which % 5}.md) and ![dot](dot-${other % 3}.gif), ![sea](sea-${which % 2}.jpg).`
  }

  function text(paths: string[], {which, other}: Act, meta: Record<string, string> = {}): string {
    written += 1
    return post(`Title ${which % 7}`, {
      date: `2026-0${1 + (other % 9)}-${10 + (which % 19)}`,
      tags: `[${tags[which % 4]}, ${tags[other % 4]}]`,
      ...meta,
      body: words(paths, {what: 'edit', which, other}),
    })
  }

  async function change({what, which, other}: Act): Promise<Record<string, string | Uint8Array | undefined>> {
    const paths = await present()
    const one = paths[which % Math.max(1, paths.length)]
    const given = {what, which, other}
    const fresh = `posts/p${which % 12}.md`
    if (one === undefined || what === 'write') return {[fresh]: text(paths, given)}
    switch (what) {
      case 'edit':
        return {[one]: text(paths, given)}
      case 'rename':
      case 'rename and rewrite': {
        const target = `posts/r${other % 12}.md`
        if (paths.includes(target)) return {}
        await repo.move(one, target)
        if (what === 'rename') return {}
        await world.commit({}, 'rename')
        return {[target]: text(paths, given)}
      }
      case 'remove':
        return {[one]: undefined}
      case 'return':
        return {[fresh]: text(paths, given)}
      case 'break':
        return {[one]: `---\ntitle: [never closed\n---\n\nLost ${written}.\n`}
      case 'draft':
        return {[one]: text(paths, given, {draft: 'true'})}
      case 'new slug':
        return {[one]: text(paths, given, {slug: `s${other % 9}`})}
      case 'picture':
        if (which % 2 === 0) return {[`posts/sea-${other % 2}.jpg`]: await photos[which % 4 === 0 ? 0 : 1]}
        return {[`posts/dot-${other % 3}.gif`]: Buffer.concat(Array.from({length: 1 + (which % 3)}, () => pixel))}
      case 'settings':
        return {
          'broadside.yaml': `title: Title ${which % 3}\npermalink: ${other % 4 === 0 ? '/:year/:slug/' : '/posts/:slug/'}\n`,
        }
      case 'page':
        return {[`pages/s${which % 4}.md`]: post(`Page ${other % 5}`, {body: words(paths, given)})}
      case 'redirect':
        return {'redirects.yaml': `/from-${which % 3}/: /posts/p${other % 12}/\n/posts/r${other % 5}/: /\n`}
      case 'rewind': {
        const head = heads[other % Math.max(1, heads.length)]
        if (head !== undefined) await repo.git('reset', '--quiet', '--hard', head)
        return {}
      }
    }
  }

  return {
    story,
    async perform(given) {
      story.push(`${given.what} ${given.which} ${given.other}`)
      heads.push(await world.commit(await change(given), given.what))
    },
  }
}
