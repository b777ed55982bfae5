import {allOutputs} from './all-outputs.ts'
import {followLinks} from './follow-links.ts'
import type {OutputSpec, SiteChanges} from './output.ts'
import {specOf} from './output-spec.ts'
import {navigationAddresses} from './site-context.ts'
import type {SiteView} from './site-view.ts'
import {whatMoved} from './what-moved.ts'

export type AffectedInput = {before: SiteView | undefined; after: SiteView; changes: SiteChanges}

/**
 * Every output that may differ between two views, gone ones included, sorted by address: building just these brings a
 * live site of `before` to the bytes of a fresh publish of `after`. The answer may name outputs that turn out the same,
 * and what it costs follows the change and not the site, save that settings and theme touch everything. Without
 * `before` it is all of `after`; what else lies at the destination is for the caller to remove.
 */
export async function affectedOutputs({before, after, changes}: AffectedInput): Promise<OutputSpec[]> {
  if (before === undefined || changes.settings || changes.theme) return everything(before, after)

  const {touched, moved, cameOrWent} = await whatMoved(before, after, changes)
  const navigation = new Set(navigationAddresses(after))
  if (cameOrWent.some((address) => navigation.has(address))) return everything(before, after)

  for await (const address of followLinks(after, [...moved, ...cameOrWent])) touched.add(address)
  return toSpecs(touched)
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
