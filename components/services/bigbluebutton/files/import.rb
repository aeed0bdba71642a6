# Takes recordings out of the spool bucket, one after the other, by upstream's own importer. One of several works at a time: the one that has the lock in the
# database. A recording leaves the spool only when every file of it is in the bucket with its size, and its rows are in the database: upstream's importer passes
# over a format whose upload failed and deletes the archive all the same (lib/recording_importer.rb).
require_relative 'store'
require 'aws-sdk-s3'
require 'fileutils'
require 'pg'

LOCK = 7_425_391
# A host that is lost gives the lock back after half a minute: the database asks its client that often.
KEEPALIVES = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4'
REST = Float(ENV.fetch('REST_SECONDS', '15'))
# An archive that cannot be imported waits so long before it is tried again.
AGAIN = Float(ENV.fetch('AGAIN_SECONDS', '600'))
SWEEP = Float(ENV.fetch('SWEEP_SECONDS', '3600'))
PLACES = %w[published unpublished].freeze

# Archives in the spool bucket.
class Spool
  def initialize
    @bucket = ENV.fetch('SPOOL_BUCKET')
    @client = Aws::S3::Client.new(
      {
        endpoint: ENV.fetch('SPOOL_ENDPOINT'),
        region: ENV.fetch('SPOOL_REGION'),
        access_key_id: ENV.fetch('SPOOL_ACCESS_KEY_ID'),
        secret_access_key: ENV.fetch('SPOOL_SECRET_ACCESS_KEY'),
        http_proxy: ENV.fetch('SPOOL_PROXY', nil)
      }.compact
    )
  end

  def archives
    @client.list_objects_v2(bucket: @bucket, prefix: 'spool/').flat_map(&:contents).map(&:key).grep(%r{\Aspool/[^/]+\.tar\z})
  end

  def fetch(key, path)
    @client.get_object(bucket: @bucket, key: key, response_target: path)
  end

  def delete(key)
    @client.delete_object(bucket: @bucket, key: key)
  end
end

# Published recordings in their bucket.
class Published
  attr_reader :client

  def initialize
    @bucket = ENV.fetch('S3_BUCKET_NAME')
    @client = Aws::S3::Client.new
  end

  # Sizes of the files of one format of a recording, by their paths.
  def files(directory)
    PLACES.flat_map { |place| @client.list_objects_v2(bucket: @bucket, prefix: "#{place}/#{directory}/").flat_map(&:contents) }
          .to_h { |one| [one.key.partition('/').last, one.size] }
  end

  # Folders of recordings that are in the bucket: format and record id.
  def recordings(format)
    PLACES.flat_map do |place|
      @client.list_objects_v2(bucket: @bucket, prefix: "#{place}/#{format}/", delimiter: '/').flat_map(&:common_prefixes)
             .map { |one| one.prefix.split('/').last }
    end.uniq
  end

  def delete(directory)
    PLACES.each do |place|
      @client.list_objects_v2(bucket: @bucket, prefix: "#{place}/#{directory}/").each do |page|
        page.contents.each { |one| @client.delete_object(bucket: @bucket, key: one.key) }
      end
    end
  end
end

# Sizes of the files in an archive that upstream publishes, by their paths: those below a folder with metadata, without hidden ones.
def files_of(archive)
  listed = IO.popen(['tar', '-tvf', archive], &:readlines)
  raise "#{archive} is no archive" unless $?.success?

  files = listed.filter_map { |line| line.chomp.match(%r{\A-\S+\s+\S+\s+(\d+)\s+\S+\s+\S+\s+(?:\./)?(.+)\z})&.captures }
                .to_h { |size, path| [path, Integer(size, 10)] }
  recordings = files.keys.grep(%r{\A[^/]+/[^/]+/metadata\.xml\z}).map { |path| File.dirname(path) }
  raise "#{archive} has no recording" if recordings.empty?

  files.select { |path, _| recordings.include?(path.split('/').first(2).join('/')) && path.split('/').none? { |part| part.start_with?('.') } }
end

# What of an archive did not arrive: files, and rows without which nobody finds them.
def missing(files, published)
  directories = files.keys.map { |path| path.split('/').first(2) }.uniq
  there = directories.map { |parts| published.files(parts.join('/')) }.reduce({}, :merge)
  files.reject { |path, size| there[path] == size }.keys +
    directories.reject { |format, id| PlaybackFormat.joins(:recording).exists?(format: format, recordings: { record_id: id }) }
               .map { |format, id| "row #{format} of #{id}" }
end

def take(key, spool, published)
  archive = File.join(Rails.configuration.x.recording_spool_dir, File.basename(key))
  spool.fetch(key, archive)
  files = files_of(archive)
  RecordingImporter.import(archive, published.client)
  lost = missing(files, published)
  raise "#{lost.length} of #{files.length} did not arrive, first #{lost.first}" unless lost.empty?

  spool.delete(key)
  Rails.logger.info("Imported #{key}")
ensure
  FileUtils.rm_f(archive) if archive
end

# Objects that upstream leaves: it deletes a thousand of a format at most, and forgets the rest.
def sweep(published)
  Rails.configuration.x.recording_playback_formats.each do |format|
    ids = published.recordings(format)
    Recording.where(record_id: ids, state: 'deleted').pluck(:record_id).each { |id| published.delete("#{format}/#{id}") }
  end
end

FileUtils.mkdir_p([Rails.configuration.x.recording_spool_dir, Rails.configuration.x.recording_work_dir])
FileUtils.rm_rf(Dir.glob("#{Rails.configuration.x.recording_spool_dir}/*") + Dir.glob("#{Rails.configuration.x.recording_work_dir}/*"))
stopped = false
%w[TERM INT].each { |signal| Signal.trap(signal) { stopped = true } }
spool = Spool.new
published = Published.new
failed = {}
swept = -SWEEP
lock = nil

alive = -> { FileUtils.touch(ENV.fetch('ALIVE')) }
now = -> { Process.clock_gettime(Process::CLOCK_MONOTONIC) }

until stopped
  begin
    # Its address has the limits of a client whose database is lost.
    lock ||= PG.connect(ENV.fetch('DATABASE_URL'), options: KEEPALIVES)
    if lock.exec("SELECT pg_try_advisory_lock(#{LOCK})").getvalue(0, 0) == 't'
      spool.archives.each do |key|
        break if stopped
        next if failed.key?(key) && now.call < failed[key] + AGAIN
        # The lock may have gone with its connection.
        break unless lock.exec("SELECT pg_try_advisory_lock(#{LOCK})").getvalue(0, 0) == 't'

        begin
          take(key, spool, published)
          failed.delete(key)
          alive.call
        rescue PG::Error
          raise
        rescue StandardError => e
          failed[key] = now.call
          Rails.logger.error("#{key} stays in the spool: #{e.message}")
        end
      end
      if !stopped && now.call >= swept + SWEEP
        sweep(published)
        swept = now.call
      end
    end
  rescue PG::Error => e
    Rails.logger.warn("The database does not answer: #{e.message}")
    lock&.close
    lock = nil
  rescue StandardError => e
    Rails.logger.error("The round broke off: #{e.message}")
  end
  alive.call
  # A signal ends the rest at once.
  (REST * 10).ceil.times { stopped ? break : sleep(0.1) }
end
