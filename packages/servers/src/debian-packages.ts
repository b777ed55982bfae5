import {execFile} from 'node:child_process'
import {mkdir, mkdtemp, readdir, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {basename, join} from 'node:path'
import {promisify} from 'node:util'
import type {OnProgress} from './server.ts'

const run = promisify(execFile)

/** Ways into Debian's and Ubuntu's packages that install nothing and touch nothing of the system's. */
export type DebianPackages = {
  /**
   * Fetches the package and what it needs beyond what is installed, and unpacks all of it into `folder`.
   * Throws what apt-get printed when it cannot.
   */
  unpack(packageName: string, folder: string): Promise<void>
  /** Removes the fetched lists and packages. */
  close(): Promise<void>
}

/**
 * Opens a private state of apt in a temporary folder: its own lists and archives, no locks, no hooks. So it works
 * with and without root, from empty package lists, and while another apt is running.
 */
export async function openDebianPackages(onProgress: OnProgress): Promise<DebianPackages> {
  const home = await mkdtemp(join(tmpdir(), 'broadside-apt-'))
  await mkdir(join(home, 'lists', 'partial'), {recursive: true})
  await mkdir(join(home, 'archives', 'partial'), {recursive: true})
  const config = join(home, 'apt.conf')
  await writeFile(config, aptConfig(home))
  await writeFile(join(home, 'nothing-installed'), '')
  let updated: Promise<void> | undefined

  const apt = async (...args: string[]) => {
    const env = {...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive'}
    await run('apt-get', ['-q', '-c', config, ...args], {env, timeout: 300_000, maxBuffer: 2 ** 26})
  }
  const download = async (packageName: string, ...options: string[]) => {
    await apt(...options, 'install', '-y', '--download-only', '--no-install-recommends', packageName)
    const files = (await readdir(join(home, 'archives'))).filter((file) => file.endsWith('.deb'))
    if (!files.some((file) => file.startsWith(`${packageName}_`))) throw new Error(`apt-get gave no ${packageName}`)
    return files.map((file) => join(home, 'archives', file))
  }

  return {
    async unpack(packageName, folder) {
      onProgress(`fetching ${packageName} from this system's package archive (nothing is installed)`)
      updated ??= apt('update')
      await updated
      // A system whose own packages are at odds refuses any installation; as one with nothing installed it does not.
      const files = await download(packageName).catch(() =>
        download(packageName, '-o', `Dir::State::status=${join(home, 'nothing-installed')}`),
      )
      await mkdir(folder, {recursive: true})
      for (const file of files.filter(isUnpackable)) await run('dpkg-deb', ['-x', file, folder])
    },
    async close() {
      await rm(home, {recursive: true, force: true})
    },
  }
}

/** The C library has to be the system's own, because the system's loader belongs to it. */
function isUnpackable(file: string): boolean {
  return !/^libc(6|-bin)_/.test(basename(file))
}

function aptConfig(home: string): string {
  return [
    `Dir::State::Lists "${home}/lists";`,
    `Dir::Cache "${home}";`,
    `Dir::Cache::archives "${home}/archives";`,
    'Debug::NoLocking "1";',
    // Root's apt hands downloads to a user who could not write into this folder.
    'APT::Sandbox::User "root";',
    'Acquire::Retries "2";',
    'Acquire::http::Timeout "20";',
    'Acquire::https::Timeout "20";',
    'Acquire::Languages "none";',
    'Binary::apt-get::APT::Keep-Downloaded-Packages "1";',
    'APT::Keep-Downloaded-Packages "1";',
    '#clear APT::Update::Pre-Invoke;',
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
    '#clear DPkg::Pre-Invoke;',
    '#clear DPkg::Post-Invoke;',
    '#clear DPkg::Pre-Install-Pkgs;',
    '',
  ].join('\n')
}
