-- AlterTable
ALTER TABLE "Build" ADD COLUMN     "reusedSteps" INTEGER,
ADD COLUMN     "steps" INTEGER;
