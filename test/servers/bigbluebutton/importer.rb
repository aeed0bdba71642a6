# Stands in for what `rails runner` loads of Scalelite: its importer in the order of lib/recording_importer.rb (blindsidenetworks/scalelite 7498a81), and tables in a
# file. A format whose upload fails is passed over, and the archive is deleted all the same.
require 'aws-sdk-s3'
require 'fileutils'
require 'logger'
require 'tmpdir'

STDOUT.sync = true

module Rails
  Settings = Struct.new(:recording_spool_dir, :recording_work_dir, :recording_playback_formats)
  Place = Struct.new(:x)

  def self.logger
    @logger ||= Logger.new($stdout)
  end

  def self.configuration
    home = ENV.fetch('SPOOL_FOLDER')
    Place.new(Settings.new("#{home}/archives", "#{home}/work", %w[presentation video podcast notes]))
  end
end

# Rows: state, format, record id.
module Rows
  def self.all
    File.readlines(ENV.fetch('ROWS'), chomp: true).map(&:split)
  end

  def self.add(*row)
    File.open(ENV.fetch('ROWS'), 'a') { |file| file.puts(row.join(' ')) } unless all.include?(row)
  end
end

class PlaybackFormat
  def self.joins(*)
    self
  end

  def self.exists?(format:, recordings:)
    Rows.all.any? { |_, one, id| one == format && id == recordings.fetch(:record_id) }
  end
end

class Recording
  def self.where(record_id:, state:)
    Rows.all.select { |one, _, id| one == state && record_id.include?(id) }.map(&:last).uniq.then do |ids|
      Struct.new(:ids) { def pluck(*) = ids }.new(ids)
    end
  end
end

class RecordingImporter
  def self.import(archive, client)
    Dir.mktmpdir(nil, Rails.configuration.x.recording_work_dir) do |folder|
      FileUtils.cd(folder) do
        system('tar', '--extract', '--file', archive) || raise("no archive: #{archive}")
        Dir.glob('*/*/metadata.xml').sort.each do |metadata|
          directory = File.dirname(metadata)
          Dir.glob("#{directory}/**/*").select { |path| File.file?(path) }.each do |path|
            Aws::S3::Object.new(ENV.fetch('S3_BUCKET_NAME'), "published/#{path}", client: client).upload_file(path)
          end
          Rows.add('published', *directory.split('/')) unless directory.include?('no-row-')
        rescue StandardError => e
          Rails.logger.warn("passed over: #{e.message}")
        end
      end
    end
    FileUtils.rm(archive)
  end
end
