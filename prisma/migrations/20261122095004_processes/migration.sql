-- AlterTable
ALTER TABLE "App" ADD COLUMN     "lockReason" TEXT,
ADD COLUMN     "lockedAt" TIMESTAMP(3),
ADD COLUMN     "lockedById" UUID,
ADD COLUMN     "stoppedAt" TIMESTAMP(3);

-- AlterTable
ALTER TABLE "Build" ADD COLUMN     "createdById" UUID,
ADD COLUMN     "source" JSONB NOT NULL DEFAULT '{"kind":"push"}',
ALTER COLUMN "revisionId" DROP NOT NULL;

-- AlterTable
ALTER TABLE "Deployment" ADD COLUMN     "cause" TEXT NOT NULL DEFAULT 'build',
ADD COLUMN     "createdById" UUID,
ADD COLUMN     "isFirst" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "settledAt" TIMESTAMP(3);

-- AlterTable
ALTER TABLE "Process" ADD COLUMN     "cpus" DOUBLE PRECISION,
ADD COLUMN     "memoryBytes" BIGINT,
ALTER COLUMN "quantity" DROP NOT NULL;


-- What was live before had nothing to do afterwards.
UPDATE "Deployment" SET "settledAt" = COALESCE("finishedAt", "createdAt") WHERE "state" IN ('live', 'superseded');
UPDATE "Deployment" SET "isFirst" = true WHERE "id" IN (
  SELECT DISTINCT ON ("appId") "id" FROM "Deployment" WHERE "state" IN ('live', 'superseded') ORDER BY "appId", "createdAt"
);
