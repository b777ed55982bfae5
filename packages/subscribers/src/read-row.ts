import {BroadsideError} from '@broadside/runtime'
import type {Column} from './csv-columns.ts'
import {parseAddress} from './parse-address.ts'
import type {ImportRow} from './subscriber-row.ts'
import type {ImportedState} from './subscriber-state.ts'

const strictestFirst: ImportedState[] = ['complained', 'unsubscribed', 'bounced', 'pending', 'active']

/** Understands the cells of one row. Never throws for what stands in them: a row that is no good has a `reason`. */
export function readRow(line: number, columns: readonly Column[], cells: readonly string[]): ImportRow {
  const row: ImportRow = {line, status: 'active'}
  const said: ImportedState[] = []
  const names: string[] = []
  const reasons: string[] = []
  let addressCell: string | undefined
  for (const [at, column] of columns.entries()) {
    const cell = unguard(cells[at] ?? '')
    if (column.kind === 'address') addressCell ??= cell
    else if (column.kind === 'name') names.push(cell)
    else if (column.kind === 'created-at') Object.assign(row, instantOf(cell))
    else if (column.kind === 'said') {
      const state = column.meaning(cell)
      if (state === 'unknown') reasons.push('its status is not one that is known, so its consent is not certain')
      else said.push(state)
    }
  }
  // A comma that should have been quoted moves every cell behind it, the one with the status among them.
  if (cells.length > columns.length) reasons.push('it has more cells than the header')
  const name = cleanName(names.join(' '))
  if (name !== '') row.name = name
  row.status = strictestFirst.find((state) => said.includes(state)) ?? 'active'
  const address = readAddress(addressCell ?? '', reasons)
  const [reason] = reasons
  return reason === undefined ? {...row, ...address} : {...row, reason}
}

function readAddress(cell: string, reasons: string[]): {address?: string} {
  try {
    return {address: parseAddress(cell).address}
  } catch (error) {
    if (!(error instanceof BroadsideError)) throw error
    reasons.push(cell === '' ? 'it has no address' : error.message)
    return {}
  }
}

/** Takes back the apostrophe that `writeSubscribers` puts before what a spreadsheet would run. */
function unguard(cell: string): string {
  return /^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell
}

/** Names stand in mail headers and pages later: one line, no control or direction characters, 200 characters. */
function cleanName(name: string): string {
  const oneLine = name.replace(/[\p{Cc}\p{Zl}\p{Zp}\s\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim()
  return oneLine.length <= 200 ? oneLine : Array.from(oneLine).slice(0, 200).join('')
}

/** ISO-like dates only; without a zone they are read as UTC. Others, such as 3/4/2021, cannot be told apart. */
function instantOf(cell: string): {createdAt?: string} {
  const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?))?\s?(Z|UTC|[+-]\d{2}:?\d{2})?$/
  const [, day, time = '00:00:00', zone = 'Z'] = iso.exec(cell) ?? []
  if (day === undefined) return {}
  const date = new Date(`${day}T${time}${zone === 'UTC' ? 'Z' : zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`)
  return Number.isNaN(date.getTime()) ? {} : {createdAt: date.toISOString()}
}
