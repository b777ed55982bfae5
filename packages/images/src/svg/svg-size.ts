/** The size of a drawing by the attributes of its outermost element. */
export function svgSize(root: Readonly<Record<string, string>>): {width: number; height: number; fixed: boolean} {
  const [, , boxWidth = 0, boxHeight = 0] = (root['viewBox'] ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number)
  const [width, height] = [pixels(root['width']), pixels(root['height'])]
  const known = boxWidth > 0 && boxHeight > 0
  if (width !== undefined && height !== undefined) return {width, height, fixed: true}
  if (width !== undefined && known) return {width, height: round((width * boxHeight) / boxWidth), fixed: true}
  if (height !== undefined && known) return {width: round((height * boxWidth) / boxHeight), height, fixed: true}
  return known ? {width: boxWidth, height: boxHeight, fixed: false} : {width: 0, height: 0, fixed: false}
}

/** CSS pixels in each unit that is one of length by itself. */
const units: Record<string, number> = {'': 1, px: 1, pt: 96 / 72, pc: 16, in: 96, cm: 96 / 2.54, mm: 96 / 25.4}

function pixels(length: string | undefined): number | undefined {
  const [, digits, unit = ''] = /^\s*([\d.]+(?:e[+-]?\d+)?)([a-z]*)\s*$/i.exec(length ?? '') ?? []
  const factor = units[unit.toLowerCase()]
  const value = Number(digits) * (factor ?? Number.NaN)
  return value > 0 && Number.isFinite(value) ? round(value) : undefined
}

const round = (value: number) => Math.max(1, Math.round(value))
