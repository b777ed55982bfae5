import {readFileSync} from 'node:fs'
import type {z} from 'zod'
import {BroadsideError} from './errors.ts'

/** The variables of a service: name in the environment → schema; `.describe()` says what it is for. */
export type ConfigShape = Record<string, z.ZodType>

/**
 * Reads the variables that `shape` names. `NAME_FILE` is taken as the path of a file that holds the value of `NAME`
 * (the convention for mounted secrets). An empty value counts as absent.
 *
 * @throws BroadsideError `config.invalid` (invalid) that lists every problem at once, with the variable to set.
 */
export function readConfig<Shape extends ConfigShape>(
  shape: Shape,
  env: Record<string, string | undefined>,
): z.infer<z.ZodObject<Shape>> {
  const unread: string[] = []
  const wrong: string[] = []
  const values: Record<string, unknown> = {}
  // One by one: to make an object of the shape costs far more than all of its values, and hooks read their secret each.
  for (const [name, schema] of Object.entries(shape)) {
    const file = env[`${name}_FILE`]
    let given: string | undefined
    try {
      given = file === undefined || file === '' ? env[name] : readFileSync(file, 'utf8').trim()
    } catch (error) {
      unread.push(`${name}_FILE: cannot read ${file} (${(error as NodeJS.ErrnoException).code})`)
    }
    const {success, data, error} = schema.safeParse(given === '' ? undefined : given)
    if (success) values[name] = data
    const about = schema.description === undefined ? '' : ` (${schema.description})`
    for (const {message} of error?.issues ?? []) wrong.push(`${name}: ${message}${about}`)
  }
  const problems = [...unread, ...wrong]
  if (problems.length === 0) return values as z.infer<z.ZodObject<Shape>>
  throw new BroadsideError(
    'invalid',
    'config.invalid',
    `the environment is not complete:\n  ${problems.join('\n  ')}`,
    {
      hint: 'Set the variables above; .env.example shows each',
    },
  )
}
