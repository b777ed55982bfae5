import type {Preferences} from './preferences.ts'
import type {ImportedState} from './subscriber-state.ts'

/** One line of a subscriber file as it was understood. A row with a `reason` is refused and has no address to use. */
export type ImportRow = {
  /** Line in the file where the row begins, from 1. */
  line: number
  /** As `parseAddress` returns it; absent where the row is refused. */
  address?: string
  name?: string
  status: ImportedState
  /** ISO 8601 in UTC. */
  createdAt?: string
  /** Why the row is refused. */
  reason?: string
}

/** One line of an export. */
export type ExportRow = {
  address: string
  name?: string
  status: string
  createdAt?: string
  /** What they chose to get. */
  preferences?: Preferences
}
