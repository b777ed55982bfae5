import type {SiteChanges} from './output.ts'
import {placeOf} from './place.ts'
import {contentAt, existsAt, redirectsLeadingTo} from './resolve-ref.ts'
import type {SiteView} from './site-view.ts'
import {assetAddresses, pageAddresses, postAddresses} from './touched-addresses.ts'

export type Movement = {
  /** Addresses at which something may show differently, apart from who links there. */
  touched: Set<string>
  /** Paths of the repository that mean something else to who links to them. */
  moved: Set<string>
  /** Addresses at which one view has something and the other has not. */
  cameOrWent: string[]
}

/** What differs between two views as others see it. What it costs follows the change and not the site. */
export async function whatMoved(before: SiteView, after: SiteView, changes: SiteChanges): Promise<Movement> {
  const touched = new Set<string>()
  const add = (addresses: Iterable<string>) => {
    for (const address of addresses) touched.add(address)
  }
  const moved = new Set<string>()
  for (const id of changes.posts) {
    const both = {before: await before.post(id), after: await after.post(id)}
    for await (const address of postAddresses(before, after, both)) touched.add(address)
    for (const view of [before, after]) add(await view.leftAddresses(id))
    noteMoved(moved, both)
  }
  for (const path of changes.pages) {
    const both = {before: await before.pageFrom(path), after: await after.pageFrom(path)}
    for await (const address of pageAddresses(before, after, both)) touched.add(address)
    noteMoved(moved, both)
  }
  for (const path of changes.assets) {
    add(await assetAddresses(before, after, path))
    moved.add(path)
  }
  add(changes.left)
  if (changes.redirects) for (const view of [before, after]) add((await view.redirects()).map(({from}) => from))

  const {cameOrWent, leadOn} = await whatStands(before, after, touched)
  // What leads on shows where it ends, over others too.
  const redirects = await redirectsLeadingTo(after, [...cameOrWent, ...leadOn])
  add(redirects)
  cameOrWent.push(...(await whatStands(before, after, redirects)).cameOrWent)
  return {touched, moved, cameOrWent}
}

/** Of these addresses those at which one view has something and the other has not, and those that lead on in either. */
async function whatStands(before: SiteView, after: SiteView, addresses: Iterable<string>) {
  const cameOrWent: string[] = []
  const leadOn: string[] = []
  for (const address of addresses) {
    const [was, is] = [await standsAt(before, address), await standsAt(after, address)]
    if ((was === 'nothing') !== (is === 'nothing')) cameOrWent.push(address)
    else if (was === 'redirect' || is === 'redirect') leadOn.push(address)
  }
  return {cameOrWent, leadOn}
}

async function standsAt(view: SiteView, address: string): Promise<'nothing' | 'something' | 'redirect'> {
  if (placeOf(address).kind !== 'content') return (await existsAt(view, address)) ? 'something' : 'nothing'
  const content = await contentAt(view, address)
  return content === undefined ? 'nothing' : content.kind === 'redirect' ? 'redirect' : 'something'
}

/** The paths under which others name a post or page whose address is not what it was. */
function noteMoved(
  moved: Set<string>,
  both: {before: {path: string; address: string} | undefined; after: {path: string; address: string} | undefined},
): void {
  if (both.before?.path === both.after?.path && both.before?.address === both.after?.address) return
  for (const one of [both.before, both.after]) if (one !== undefined) moved.add(one.path)
}
