-- AlterTable
ALTER TABLE "Release" ADD COLUMN     "cron" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "healthchecks" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "limits" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "scripts" JSONB NOT NULL DEFAULT '{}';
