import type {Peer} from './peers.ts'
import type {Posts} from './posts.ts'
import {rclone, type Target} from './sync.ts'
import type {TreeUse} from './watch-tree.ts'

export type PeerResult = {
  build: TreeUse & {tookMs: number}
  /** The first copy of everything. */
  syncMs: number | undefined
  /** An index for the search page, and the first copy of everything with it. */
  search: TreeUse & {tookMs: number; syncMs: number | undefined}
  edits: (TreeUse & {tookMs: number})[]
  theme: (TreeUse & {tookMs: number}) | undefined
}

/**
 * A first build and its sync, the same with a search index, then edits of one post, each a build and a sync of everything, as a pipeline on a warm
 * machine would do; then another theme. The time of a checkout, and of starting such a pipeline, is not counted.
 */
export async function measurePeer(
  peer: Peer,
  {posts, target, edits, theme}: {posts: Posts; target: Target | undefined; edits: number; theme: boolean},
): Promise<PeerResult> {
  peer.fill(posts.files)
  const build = await peer.build()
  const sync = target && (await rclone('sync', peer.outDir, target))
  const {remove, ...index} = await peer.indexSearch()
  const withIndex = target && (await rclone('sync', peer.outDir, besides(target)))
  const search = {...index, syncMs: withIndex?.tookMs}
  // Edits and themes are measured without: none of the others can make an index follow one page.
  remove()
  const edited: PeerResult['edits'] = []
  for (let n = 0; target !== undefined && n < edits; n += 1) {
    const post = posts.files.size - 1 - (n % 20)
    peer.writePost(`post-${post}.md`, posts.edited(post, `Edited ${n} at ${Date.now()}.`))
    edited.push(await buildAndSync(peer, target))
  }
  const first = {build, syncMs: sync?.tookMs, search}
  if (!theme) return {...first, edits: edited, theme: undefined}
  peer.changeTheme()
  return {...first, edits: edited, theme: await buildAndSync(peer, target)}
}

/** Where nothing lies yet, in the same place. */
function besides(target: Target): Target {
  return target.kind === 'folder'
    ? {...target, path: `${target.path}-searched`}
    : {...target, prefix: `${target.prefix}-searched`}
}

async function buildAndSync(peer: Peer, target: Target | undefined): Promise<TreeUse & {tookMs: number}> {
  const build = await peer.build()
  if (target === undefined) return build
  const sync = await rclone('sync', peer.outDir, target)
  return {
    tookMs: build.tookMs + sync.tookMs,
    cpuMs: build.cpuMs + sync.cpuMs,
    memory: Math.max(build.memory, sync.memory),
  }
}
