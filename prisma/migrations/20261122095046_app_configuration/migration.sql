-- AlterTable
ALTER TABLE "Release" ADD COLUMN     "sealed" BYTEA,
ALTER COLUMN "configuration" DROP NOT NULL;

-- CreateTable
CREATE TABLE "AppConfiguration" (
    "appId" UUID NOT NULL,
    "sealed" BYTEA NOT NULL,
    "changedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changedById" UUID,

    CONSTRAINT "AppConfiguration_pkey" PRIMARY KEY ("appId")
);

-- AddForeignKey
ALTER TABLE "AppConfiguration" ADD CONSTRAINT "AppConfiguration_appId_fkey" FOREIGN KEY ("appId") REFERENCES "App"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AppConfiguration" ADD CONSTRAINT "AppConfiguration_changedById_fkey" FOREIGN KEY ("changedById") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;
