import fc from 'fast-check'
import type {Commit} from './import-history.fixture.ts'

/** One thing that an author does to a site, on files that are named by small numbers. */
export type Step =
  | {does: 'write' | 'rewrite' | 'break'; file: number; text: number}
  | {does: 'front'; file: number; key: number}
  | {does: 'move'; file: number; to: number}
  | {does: 'remove'; file: number}
  | {does: 'page'; file: number; text: number}
  | {does: 'unpage'; file: number}
  | {does: 'image'; file: number; text: number}
  | {does: 'site'; file: number}

const file = fc.nat({max: 5})
const text = fc.nat({max: 4})

/** Words enough for git to tell one text from another, and a changed one from a new one. */
const words = (seed: number): string =>
  Array.from({length: 60}, (_, n) => `word${(seed * 131 + n * (seed + 7)) % 997}`).join('\n')

const step: fc.Arbitrary<Step> = fc.oneof(
  {weight: 5, arbitrary: fc.record({does: fc.constantFrom('write', 'rewrite', 'break'), file, text})},
  {weight: 3, arbitrary: fc.record({does: fc.constant('front'), file, key: fc.nat({max: 9})})},
  {weight: 3, arbitrary: fc.record({does: fc.constant('move'), file, to: file})},
  {weight: 2, arbitrary: fc.record({does: fc.constant('remove'), file})},
  {weight: 1, arbitrary: fc.record({does: fc.constantFrom('page', 'image'), file, text})},
  {weight: 1, arbitrary: fc.record({does: fc.constantFrom('site', 'unpage'), file})},
) as fc.Arbitrary<Step>

export const steps = fc.array(fc.array(step, {minLength: 1, maxLength: 3}), {minLength: 2, maxLength: 8})

/**
 * What front matter may say. Where `clashing`, files want each other's addresses and dates lie between the commits;
 * else each file has addresses of its own and time changes nothing.
 */
function frontMatter(key: number, file: number, clashing: boolean): string {
  const slug = clashing ? `slug-${(file + key) % 2}` : `slug-${file}-${key}`
  const day = clashing ? '2026-03-01' : '2020-03-01'
  const lines = [
    '',
    'draft: true',
    `slug: ${slug}`,
    `date: ${day}T10:30:00Z`,
    `date: ${day}T10:30:00Z\nexpires: ${day}T13:30:00Z`,
    `id: chosen-${file % 3}`,
    'tags: [red, blue]',
    `permalink: /${clashing ? 'page-1' : `own-${file}`}/`,
    `aliases: [/old-${file}/]`,
    `slug: ${slug}\ntags: [red]`,
  ]
  const line = lines[key] ?? ''
  return clashing && !/^(?:slug|permalink):/.test(line) ? `slug: ${slug}\n${line}` : line
}

/** The steps as commits that git can make; a step on a file that is not there does nothing. */
export function toCommits(history: Step[][], {clashing}: {clashing: boolean}): Commit[] {
  const posts = new Map<string, {front: string; text: string}>()
  const pathOf = (n: number): string => (n % 2 === 0 ? `posts/p${n}.md` : `posts/b${n}/index.md`)
  const render = ({front, text: body}: {front: string; text: string}): string =>
    `---\ntitle: A post\n${front}\n---\n\n${body}\n`
  const commits = history.map((doing): Commit => {
    const files: NonNullable<Commit['files']> = {}
    for (const one of doing) {
      const path = pathOf(one.file)
      const known = posts.get(path)
      if (one.does === 'write' || one.does === 'rewrite') {
        posts.set(path, {
          front: known?.front ?? '',
          text: `${words(one.file * 10 + one.text)}\n"See" [it](p${one.text}.md).`,
        })
        if (one.does === 'write' && known !== undefined) posts.get(path)!.text = `${known.text}\nAnd ${one.text} more.`
      } else if (one.does === 'front' && known !== undefined) known.front = frontMatter(one.key, one.file, clashing)
      else if (one.does === 'break' && known !== undefined) known.front = 'title: ['
      else if (one.does === 'remove' && known !== undefined) {
        posts.delete(path)
        files[path] = undefined
      } else if (one.does === 'move' && known !== undefined && !posts.has(pathOf(one.to))) {
        posts.delete(path)
        files[path] = undefined
        posts.set(pathOf(one.to), known)
      } else if (one.does === 'page') files[`pages/page-${one.file % 2}.md`] = `# Page\n\n"Words": ${words(one.text)}\n`
      else if (one.does === 'unpage') files[`pages/page-${one.file % 2}.md`] = undefined
      else if (one.does === 'image') files[`posts/b${one.file | 1}/image.png`] = `image ${one.text}`
      else if (one.does === 'site') {
        const settings = `title: Site ${one.file}\nmarkdown: {smartPunctuation: ${one.file > 2}}\n`
        files['broadside.yaml'] = clashing ? `${settings}permalink: /p${one.file % 2}/:slug/\n` : settings
      }
    }
    for (const [path, post] of posts) files[path] = render(post)
    return {files}
  })
  return [{files: {'broadside.yaml': 'title: Site\n'}}, ...commits]
}
