import {affectedOutputs} from './affected-outputs.ts'
import {buildOutput} from './build-output.ts'
import type {BuiltOutput, SiteChanges} from './output.ts'
import {themeOf} from './site-context.ts'
import type {SiteView} from './site-view.ts'

export type OutputDifference = {address: string; what: 'added' | 'changed' | 'removed'}

/**
 * The outputs at which two views of a site differ in bytes or headers, by address. Both are built again for it, as far
 * as `changes` reach, so that it costs what changed between them.
 */
export async function* diffViews({
  before,
  after,
  changes,
}: {
  before: SiteView
  after: SiteView
  changes: SiteChanges
}): AsyncIterable<OutputDifference> {
  const [themeBefore, themeAfter] = [themeOf(before), themeOf(after)]
  for (const spec of await affectedOutputs({before, after, changes})) {
    const was = await buildOutput(spec, before, themeBefore)
    const is = await buildOutput(spec, after, themeAfter)
    if (was === undefined && is !== undefined) yield {address: spec.address, what: 'added'}
    else if (was !== undefined && is === undefined) yield {address: spec.address, what: 'removed'}
    else if (was !== undefined && is !== undefined && !same(was, is)) yield {address: spec.address, what: 'changed'}
  }
}

function same(one: BuiltOutput, other: BuiltOutput): boolean {
  if (JSON.stringify(one.headers) !== JSON.stringify(other.headers)) return false
  if ('body' in one && 'body' in other) return Buffer.from(one.body).equals(Buffer.from(other.body))
  return JSON.stringify(one) === JSON.stringify(other)
}
