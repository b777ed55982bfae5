import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {startInstallation, type Installation} from './installation.ts'
import {openRepo, type Repo} from './open-repo.ts'
import type {Posts} from './posts.ts'
import {makePhoto} from './make-photo.ts'
import {noCounts, type S3Counts} from './s3-counts.ts'
import {startS3, type S3Server} from './start-s3.ts'
import type {TreeUse} from './watch-tree.ts'

const pollMs = 10

/** One push: ms from the ref's update until its page was seen, and until its release was proven live. */
export type Push = {seenMs: number; liveMs: number; uploaded: number; counts: S3Counts}

export type BroadsideResult = {
  first: TreeUse & {tookMs: number; uploaded: number}
  /** The same until the search page finds everything, too. */
  found: TreeUse & {tookMs: number}
  edits: Push[]
  photos: Push[]
  theme: (Push & TreeUse) | undefined
  /** Of all edits. */
  editUse: TreeUse
}

export type Plan = {posts: Posts; place: 'folder' | 'S3'; edits: number; photos: number; theme: boolean}

/** A first publish, then edits, posts with a photo, and another theme, one after the other on one installation. */
export async function measureBroadside({posts, place, edits, photos, theme}: Plan): Promise<BroadsideResult> {
  const folder = mkdtempSync(join(tmpdir(), 'broadside-bench-'))
  const server = place === 'S3' ? await startS3() : undefined
  const repo = openRepo(folder)
  repo.write([['broadside.yaml', 'title: Bench\ntimezone: UTC\n']])
  repo.write([...posts.files].map(([name, text]) => [`posts/${name}`, text]))
  const {commit} = await repo.push('the site')
  const installation = await startInstallation(folder, repo, server)
  try {
    await installation.settled(commit)
    const {release, ...first} = installation.firstLive
    const found = await installation.firstFound()
    const bench = {installation, repo, server}
    const watch = installation.watch()
    const edited: Push[] = []
    for (let n = 0; n < edits; n += 1) {
      // The newest twenty stand in the feeds as well: an edit of one of them costs the most.
      const post = posts.files.size - 1 - (n % 20)
      const words = `Edited ${n} at ${Date.now()}.`
      const files: [string, string][] = [[`posts/post-${post}.md`, posts.edited(post, words)]]
      edited.push(await onePush(bench, files, `posts/post-${post}/`, words))
    }
    const editUse = watch.stop()
    const withPhotos: Push[] = []
    for (let n = 0; n < photos; n += 1) {
      const words = `A photo ${n} at ${Date.now()}.`
      const text = `---\ntitle: Photo ${n}\ndate: ${new Date().toISOString()}\n---\n\n${words}\n\n![A view](photo.jpg)\n`
      const files: [string, string | Uint8Array][] = [
        [`posts/photo-${n}/index.md`, text],
        [`posts/photo-${n}/photo.jpg`, await makePhoto()],
      ]
      withPhotos.push(await onePush(bench, files, `posts/photo-${n}/`, words))
    }
    return {
      first: {...first, uploaded: release.uploaded},
      found,
      edits: edited,
      photos: withPhotos,
      theme: theme ? await changeTheme(bench) : undefined,
      editUse,
    }
  } finally {
    await installation.stop()
    await server?.stop()
    rmSync(folder, {recursive: true, force: true})
  }
}

type Bench = {installation: Installation; repo: Repo; server: S3Server | undefined}

async function onePush(
  {installation, repo, server}: Bench,
  files: [string, string | Uint8Array][],
  address: string,
  words: string,
): Promise<Push> {
  repo.write(files)
  await server?.counts()
  const pushing = repo.push(words)
  const seen = await firstSight(installation, address, words)
  const {at, commit} = await pushing
  const {uploaded, live_at} = await installation.settled(commit)
  return {seenMs: seen - at, liveMs: live_at! - at, uploaded, counts: (await server?.counts()) ?? noCounts()}
}

async function firstSight(installation: Installation, address: string, words: string): Promise<number> {
  for (const deadline = Date.now() + 600_000; Date.now() < deadline;) {
    if (await installation.shows(address, words)) return Date.now()
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  throw new Error(`${address} does not show ${words}`)
}

/** A word in the frame that every page has. */
async function changeTheme(bench: Bench): Promise<Push & TreeUse> {
  const words = `Theme of ${Date.now()}`
  const watch = bench.installation.watch()
  const layout = readFileSync(new URL('../../packages/theme/templates/layout.liquid', import.meta.url), 'utf8')
  const changed = layout.replace('<ul class="foot-links"', `<p>${words}</p>\n<ul class="foot-links"`)
  const push = await onePush(bench, [['theme/layout.liquid', changed]], '', words)
  return {...push, ...watch.stop()}
}
