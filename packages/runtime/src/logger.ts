import {pino, type LogFn, type Logger as PinoLogger} from 'pino'
import pretty from 'pino-pretty'
import {BroadsideError} from './errors.ts'

/**
 * One flat line per unit of work: `log.info({event: 'release.live', site, release}, 'for people')`. Event names and
 * keys (`site`, `revision`, `release`, `edition`) never change; messages may. No secrets, no mail addresses.
 */
export type Logger = PinoLogger

export type LoggerOptions = {
  service: string
  level?: string
  /** Lines for people instead of JSON; by default when the output is a terminal. */
  pretty?: boolean
  /** Hears the lines instead of stdout; they are JSON then. */
  hear?: (line: string) => void
  /** Events that are not logged, by name. */
  mute?: ReadonlySet<string>
}

export function createLogger({
  service,
  level = 'info',
  hear,
  pretty: forPeople = process.stdout.isTTY,
  mute = new Set(),
}: LoggerOptions): Logger {
  const options = {
    level,
    base: {service},
    redact: ['*.password', '*.secret', '*.token'],
    serializers: {err: describeError},
    hooks: {
      logMethod(this: PinoLogger, args: Parameters<LogFn>, method: LogFn): void {
        const [about] = args as unknown[]
        const event = typeof about === 'object' && about !== null && 'event' in about ? about.event : undefined
        if (!mute.has(String(event))) method.apply(this, args)
      },
    },
  }
  if (hear !== undefined) return pino(options, {write: hear})
  if (!forPeople) return pino(options, pino.destination({dest: 1, sync: true}))
  const stream = pretty({
    colorize: process.stdout.isTTY,
    ignore: 'pid,hostname,service,event',
    // The message is for people; what it leaves out is for machines.
    hideObject: true,
    translateTime: 'SYS:HH:MM:ss',
    sync: true,
  })
  return pino(options, stream)
}

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return {message: String(error)}
  const ours =
    error instanceof BroadsideError ? {code: error.code, kind: error.kind, hint: error.hint, ...error.details} : {}
  const cause = error.cause === undefined ? {} : {cause: describeError(error.cause)}
  const stack = error instanceof BroadsideError && error.kind !== 'bug' ? {} : {stack: error.stack}
  return {message: error.message, ...ours, ...cause, ...stack}
}
