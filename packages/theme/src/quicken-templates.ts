import {
  Drop,
  Output,
  toValueSync,
  TypeGuards,
  Value,
  type Context,
  type Emitter,
  type Filter,
  type Template,
  type Token,
} from 'liquidjs'

/** Gives undefined for what is absent, and `odd` for what only LiquidJS itself can tell. */
type Read = (context: Context) => unknown
const odd = Symbol('odd')
const isThere = (value: unknown) => value !== undefined && value !== odd

/** What LiquidJS has and does not show in its types. */
type FilterInside = {handler: (this: object, ...args: unknown[]) => unknown; token: unknown; liquid: unknown}
type Scopes = {findScope: (name: string) => object}

/**
 * Has parsed templates, which it changes in place, print text and plain values at once: most of a page is made of them,
 * and LiquidJS makes eight generators for each. Whatever is absent, and so an error, a default or a condition that does
 * not hold, is left to LiquidJS, which goes the whole way anew: reading has no effects.
 */
export function quickenTemplates(templates: Template[]): void {
  for (const template of templates) {
    for (const argument of template.arguments?.() ?? []) if (argument instanceof Value) quickenValue(argument)
    quickenTemplates(toValueSync<Template[]>(template.children?.(false, true) ?? []))
    if (TypeGuards.isHTMLToken(template.token)) quickenText(template, template.token.getContent())
    if (template instanceof Output) quickenOutput(template)
  }
}

function quickenText(template: Template, text: string): void {
  template.render = (_: Context, emitter: Emitter) => emitter.write(text)
}

function quickenOutput(output: Output): void {
  const read = readerOf(output.value)
  if (read === undefined) return
  const slowly = output.render.bind(output)
  // What returns no generator is taken for printed.
  output.render = ((context, emitter) => {
    const found = read(context)
    if (!isThere(found)) return slowly(context, emitter)
    emitter.write(found)
    return undefined
  }) as Output['render']
}

function quickenValue(value: Value): void {
  const read = readerOf(value)
  if (read === undefined) return
  const isBare = value.filters.length === 0 && value.initial.postfix.length === 1
  const slowly = value.value.bind(value)
  value.value = ((context, lenient) => {
    const found = read(context)
    if (isThere(found)) return found
    return isBare && lenient === true && found === undefined ? null : slowly(context, lenient)
  }) as Value['value']
}

function readerOf({initial, filters}: Value): Read | undefined {
  const read = readerOfSteps(initial.postfix)
  if (read === undefined || filters.length === 0) return read
  const pass = filters.map(passThrough)
  if (pass.includes(undefined)) return undefined
  return (context) => {
    let value = read(context)
    for (const filter of pass) {
      if (!isThere(value)) return odd
      value = plain(filter!(value, context))
    }
    return value
  }
}

/** Operands and operators as they stand behind each other. */
function readerOfSteps(steps: Token[]): Read | undefined {
  if (steps.length === 1) return readerOfToken(steps[0])
  const reads = steps.map((step) => (TypeGuards.isOperatorToken(step) ? step.operator : readerOfToken(step)))
  // The only one that has a single operand.
  if (reads.includes(undefined) || reads.includes('not')) return undefined
  return (context) => {
    const operands: unknown[] = []
    for (const step of reads) {
      if (typeof step === 'function') {
        const value = step(context)
        if (!isThere(value)) return odd
        operands.push(value)
        continue
      }
      const [right, left] = [operands.pop(), operands.pop()]
      operands.push(toValueSync(context.opts.operators[step!]!(left, right, context) as never))
    }
    return operands[0]
  }
}

function readerOfToken(token: Token | undefined): Read | undefined {
  if (token === undefined) return undefined
  if ('content' in token) return () => token.content
  if (!TypeGuards.isPropertyAccessToken(token) || token.variable !== undefined) return undefined
  const path: string[] = []
  for (const step of token.props) {
    if (!('content' in step) || typeof step.content !== 'string') return undefined
    path.push(step.content)
  }
  const [first] = path
  if (first === undefined) return undefined
  return (context) => {
    let found: unknown = (context as unknown as Scopes).findScope(first)
    for (const name of path) {
      found = context.readProperty(found as object, name)
      if (found === undefined) return undefined
    }
    return plain(found)
  }
}

function passThrough(filter: Filter): ((value: unknown, context: Context) => unknown) | undefined {
  const {handler, token, liquid} = filter as unknown as FilterInside
  const args = filter.args.map((arg) => {
    const [name, of] = Array.isArray(arg) ? arg : [undefined, arg]
    const read = readerOfToken(of)
    return read && {name, read}
  })
  if (args.includes(undefined)) return undefined
  return (value, context) => {
    const given: unknown[] = []
    for (const arg of args) {
      const found = arg!.read(context)
      if (!isThere(found)) return odd
      given.push(arg!.name === undefined ? found : [arg!.name, found])
    }
    return handler.apply({context, token, liquid}, [value, ...given])
  }
}

/** Drops mean another value, and what comes step by step or later is waited for. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const {next, then} = value as {next?: unknown; then?: unknown}
  return value instanceof Drop || typeof next === 'function' || typeof then === 'function' ? odd : value
}
