import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import pg from 'pg'
import { schemaPath } from './committed-migrations.ts'

/**
 * The SQL that turns the schema a database has into the one of schema.prisma; empty where they are the same.
 *
 * Prisma's schema engine as WebAssembly, because its binary is a download that a closed network refuses. Used to write
 * migrations and to test them; never when the platform runs.
 */
export async function schemaDifference(url: string): Promise<string> {
  const files = [{ path: schemaPath, content: await readFile(schemaPath, 'utf8') }]
  const adapter = bindMigrationAwareSqlAdapterFactory(
    new CatalogAdapterFactory(new CatalogPool({ connectionString: url }), { disposeExternalPool: true }),
  )
  const { SchemaEngine } = await loadEngine()
  const engine = await SchemaEngine.new(
    { datamodels: files.map(({ path, content }): [string, string] => [path, content]) },
    () => undefined,
    adapter,
  )
  const { stdout } = await engine.diff({
    from: { tag: 'schemaDatasource', files, configDir: dirname(schemaPath) },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  })
  return stdout === null || stdout.trim() === '-- This is an empty migration.' ? '' : stdout
}

/**
 * The engine reads catalogs whose columns have the type "char" (oid 18). The adapter refuses that type (7.10.1), so the
 * pool hands it on as text (25) under a name that tells the wrapped adapter to call it a character.
 */
class CatalogAdapterFactory extends PrismaPg {
  override async connect() {
    const adapter = await super.connect()
    const queryRaw = adapter.queryRaw.bind(adapter)
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query)
      const isCharacter = result.columnNames.map((name) => name.startsWith(characterMark))
      return {
        ...result,
        columnNames: result.columnNames.map((name) => name.replace(characterMark, '')),
        columnTypes: result.columnTypes.map((type, index) =>
          isCharacter[index] ? ColumnTypeEnum.Character : type,
        ),
      }
    }
    return adapter
  }
}

const characterMark = 'character:'

class CatalogPool extends pg.Pool {
  // biome-ignore lint/suspicious/noExplicitAny: pg declares eight overloads; this passes all of them through.
  override async query(...args: any[]): Promise<any> {
    const send = super.query.bind(this) as (...args: unknown[]) => Promise<pg.QueryArrayResult>
    const result = await send(...args)
    for (const field of result.fields) {
      if (field.dataTypeID !== 18) continue
      field.dataTypeID = 25
      field.name = `${characterMark}${field.name}`
    }
    return result
  }
}

type EngineModule = typeof import('@prisma/schema-engine-wasm/schema_engine_bg') & {
  __wbg_set_wasm(exports: WebAssembly.Exports): void
}

/** The package's own entry imports the .wasm file as a module, which Node does not do without a flag. */
async function loadEngine(): Promise<EngineModule> {
  const engine = (await import('@prisma/schema-engine-wasm/schema_engine_bg')) as EngineModule
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const bytes = await readFile(`${dirname(entry)}/schema_engine_bg.wasm`)
  const { instance } = await WebAssembly.instantiate(bytes, {
    './schema_engine_bg.js': engine as unknown as WebAssembly.ModuleImports,
  })
  engine.__wbg_set_wasm(instance.exports)
  const start = instance.exports.__wbindgen_start as () => void
  start()
  return engine
}
