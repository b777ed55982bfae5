import {readFile} from 'node:fs/promises'

export const ciSystems = ['github', 'gitlab'] as const
export type CiSystem = (typeof ciSystems)[number]

const paths: Record<CiSystem, string> = {github: '.github/workflows/broadside.yml', gitlab: '.gitlab-ci.yml'}

/** The workflow for a site's repository as infra/ci has it, and the path at which a forge looks for it. */
export async function ciFile(system: CiSystem): Promise<{path: string; text: string}> {
  const text = await readFile(new URL(`../../../../infra/ci/${system}.yml`, import.meta.url), 'utf8')
  return {path: paths[system], text}
}
