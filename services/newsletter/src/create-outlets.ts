import type {Submitter} from '@broadside/smtp'
import {createSlots} from './create-slots.ts'
import type {Outlet} from './newsletter.ts'

/**
 * The ways out by site: that of its own submitter, or the common one. Sites with the same submitter share its slots; one
 * whose mail server is slow takes none from the others.
 */
export function createOutlets(
  common: Submitter,
  submitterOf: (site: string) => Submitter | undefined,
): (site: string) => Outlet {
  const outlets = new Map<Submitter, Outlet>()
  return (site) => {
    const submitter = submitterOf(site) ?? common
    const outlet = outlets.get(submitter) ?? {submitter, slots: createSlots(submitter.connections)}
    outlets.set(submitter, outlet)
    return outlet
  }
}
