import {allOutputs} from './all-outputs.ts'
import {followLinks} from './follow-links.ts'
import type {OutputSpec, SiteChanges} from './output.ts'
import {specOf} from './output-spec.ts'
import {existsAt, redirectsLeadingTo} from './resolve-ref.ts'
import {navigationAddresses} from './site-context.ts'
import type {SiteView} from './site-view.ts'
import {assetAddresses, pageAddresses, postAddresses} from './touched-addresses.ts'

export type AffectedInput = {before: SiteView | undefined; after: SiteView; changes: SiteChanges}

/**
 * Every output that may differ between two views, gone ones included, sorted by address: building just these brings a
 * live site of `before` to the bytes of a fresh publish of `after`. The answer may name outputs that turn out the same,
 * and what it costs follows the change and not the site, save that settings and theme touch everything. Without
 * `before` it is all of `after`; what else lies at the destination is for the caller to remove.
 */
export async function affectedOutputs({before, after, changes}: AffectedInput): Promise<OutputSpec[]> {
  if (before === undefined || changes.settings || changes.theme) return everything(before, after)

  const touched = new Set<string>()
  const add = (addresses: Iterable<string>) => {
    for (const address of addresses) touched.add(address)
  }
  const moved = new Set<string>()
  for (const id of changes.posts) {
    const both = {before: await before.post(id), after: await after.post(id)}
    for await (const address of postAddresses(before, after, both)) touched.add(address)
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
  if (changes.redirects) for (const view of [before, after]) add((await view.redirects()).map(({from}) => from))

  const cameOrWent = await whichDiffer(before, after, touched)
  const redirects = await redirectsLeadingTo(after, cameOrWent)
  add(redirects)
  cameOrWent.push(...(await whichDiffer(before, after, redirects)))

  const navigation = new Set(navigationAddresses(after))
  if (cameOrWent.some((address) => navigation.has(address))) return everything(before, after)

  for await (const address of followLinks(after, [...moved, ...cameOrWent])) touched.add(address)
  return toSpecs(touched)
}

/** Those of the addresses at which one view has something and the other has not. */
async function whichDiffer(before: SiteView, after: SiteView, addresses: Iterable<string>): Promise<string[]> {
  const found: string[] = []
  for (const address of addresses)
    if ((await existsAt(before, address)) !== (await existsAt(after, address))) found.push(address)
  return found
}

/** The paths under which others name a post or page whose address is not what it was. */
function noteMoved(
  moved: Set<string>,
  both: {before: {path: string; address: string} | undefined; after: {path: string; address: string} | undefined},
): void {
  if (both.before?.path === both.after?.path && both.before?.address === both.after?.address) return
  for (const one of [both.before, both.after]) if (one !== undefined) moved.add(one.path)
}

async function everything(before: SiteView | undefined, after: SiteView): Promise<OutputSpec[]> {
  const addresses = new Set<string>()
  for (const view of [before, after])
    if (view !== undefined) for await (const {address} of allOutputs(view)) addresses.add(address)
  return toSpecs(addresses)
}

function toSpecs(addresses: Set<string>): OutputSpec[] {
  return [...addresses].toSorted().map(specOf)
}
