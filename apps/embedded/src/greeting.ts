/** What a newcomer needs to begin: printed when the service is ready. */
export function greeting(
  endpoint: string,
  user: { name: string; password: string } | null,
): string {
  const { name, password } = user ?? { name: '', password: '' };
  const home = user === null ? '/home' : `/home/${name}`;
  return [
    `READY! use endpoint: ${endpoint}`,
    '',
    'Try it (pip install h5pyd):',
    '',
    '    import h5pyd, numpy',
    `    login = dict(endpoint="${endpoint}", username="${name}", password="${password}")`,
    `    with h5pyd.File("${home}/first.h5", "w", **login) as f:`,
    '        f["temperature"] = numpy.arange(12.0).reshape(3, 4)',
    `    with h5pyd.File("${home}/first.h5", "r", **login) as f:`,
    '        print(f["temperature"][1, :])',
    '',
    'For the command line tools (hsls, hsload, hsget), in ~/.hscfg:',
    '',
    `    hs_endpoint = ${endpoint}`,
    `    hs_username = ${name}`,
    `    hs_password = ${password}`,
    '',
    'Stop with Ctrl-C.',
    '',
  ].join('\n');
}
